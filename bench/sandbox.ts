// How many registered devices the sandbox takes that all send at once: none lost, none twice, and what they wait for.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { readOptions } from "./options.ts";
import { writeResults } from "./results.ts";
import { type FleetDevice, makeFleet, openSandboxState } from "./sandbox-fleet.ts";
import { boundedHandshakes, connectDevice, type Sender } from "./sandbox-sender.ts";

const {
  devices: DEVICES,
  messages: MESSAGES,
  connecting: CONNECTING,
} = readOptions({
  devices: 5000,
  messages: 4,
  connecting: 64,
});
const GOAL_MB = 1024;
const COMMAND = resolve("bin/samicerts.cjs");

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly ca: string;
}

const directory = mkdtempSync(join(tmpdir(), "samicerts-bench-"));
try {
  const state = join(directory, "sandbox.db");
  const fleet = await makeFleet(DEVICES, directory, state);
  const sandbox = await startSandbox(state);
  try {
    const idleMb = residentMb(sandbox.child.pid);
    const connectStart = performance.now();
    const senders = await connectAll(sandbox, fleet);
    const connectMs = performance.now() - connectStart;
    const connectedMb = residentMb(sandbox.child.pid);
    const sendStart = performance.now();
    const sent = (await Promise.all(senders.map(sendAll))).flat();
    const sendMs = performance.now() - sendStart;
    const mostMb = peakMb(sandbox.child.pid);
    const reconnected = senders.reduce((sum, sender) => sum + sender.reconnected(), 0);
    for (const sender of senders) sender.close();
    await end(sandbox);
    report({
      idleMb,
      connectedMb,
      mostMb,
      connectMs,
      sendMs,
      reconnected,
      sent,
      kept: readKept(state),
      octets: statSync(state).size,
    });
  } finally {
    sandbox.child.kill("SIGKILL");
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}

interface Sent {
  readonly mid: string;
  readonly content: string;
  readonly waitedMs: number;
}

interface Measured {
  readonly idleMb: number;
  readonly connectedMb: number;
  readonly mostMb: number;
  readonly connectMs: number;
  readonly sendMs: number;
  /** Devices that had been let go while they waited for the others to connect. */
  readonly reconnected: number;
  readonly sent: readonly Sent[];
  readonly kept: ReadonlyMap<string, readonly string[]>;
  readonly octets: number;
}

async function startSandbox(state: string): Promise<Running> {
  const words = ["sandbox", "--dir", directory, "--state", state, "--port", "0", "--api-port", "0", "--json"];
  const child = spawn(process.execPath, [COMMAND, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (text.endsWith("}\n")) break;
  }
  const { api, portal } = JSON.parse(text) as { readonly api: string; readonly portal: string };
  const ca = await (await fetch(`${portal}/ca.crt`)).text();
  return { child, port: Number(new URL(api).port), ca };
}

async function end({ child }: Running): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const [code] = await ended;
  if (code !== 0) throw new Error(`the sandbox ended with ${code}`);
}

/** It is the sending that is to come all at once. */
function connectAll({ port, ca }: Running, fleet: readonly FleetDevice[]): Promise<readonly Sender[]> {
  const handshakes = boundedHandshakes(CONNECTING);
  return Promise.all(fleet.map((device) => connectDevice(port, ca, device, handshakes)));
}

async function sendAll(sender: Sender, place: number): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  for (let turn = 0; turn < MESSAGES; turn++) {
    const data = { device: place, turn };
    const start = performance.now();
    const mid = await sender.send(data);
    sent.push({ mid, content: JSON.stringify(data), waitedMs: performance.now() - start });
  }
  return sent;
}

/** What is in the state when the sandbox has ended: contents by message ids. */
function readKept(state: string): ReadonlyMap<string, readonly string[]> {
  const platform = openSandboxState(state);
  try {
    const kept = new Map<string, string[]>();
    const rows = platform.store.all<{ mid: string; data: string }>("SELECT mid, data FROM messages");
    for (const { mid, data } of rows) kept.set(mid, [...(kept.get(mid) ?? []), data]);
    return kept;
  } finally {
    platform.close();
  }
}

function residentMb(pid: number | undefined): number {
  return statusMb(pid, "VmRSS");
}

function peakMb(pid: number | undefined): number {
  return statusMb(pid, "VmHWM");
}

function statusMb(pid: number | undefined, field: string): number {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`${field}:\\s+([0-9]+) kB`).exec(text)?.[1]) / 1000;
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function report(measured: Measured): void {
  const { sent, kept, sendMs, connectMs } = measured;
  const lost = sent.filter(({ mid, content }) => kept.get(mid)?.includes(content) !== true).length;
  const contents = [...kept.values()].flat();
  const twice = contents.length - new Set(contents).size;
  const unasked = contents.length - sent.length;
  const waited = sent.map(({ waitedMs }) => waitedMs).sort((a, b) => a - b);
  const shares = { p50: 0.5, p95: 0.95, p99: 0.99 };
  const latencyMs = Object.fromEntries(
    Object.entries(shares).map(([name, share]) => [name, percentile(waited, share)]),
  );
  const mostMs = waited.at(-1) ?? Number.NaN;
  const perSecond = sent.length / (sendMs / 1000);
  const mb = (amount: number): string => `${amount.toFixed(0)} MB`;
  const wholeMs = (amount: number): string => `${amount.toFixed(0)} ms`;
  writeResults({
    name: "sandbox",
    title: "What the sandbox takes",
    method:
      `${DEVICES} registered devices, each with its certificate on a TLS 1.3 connection of its own, ${MESSAGES} messages ` +
      "each, all devices at once; state in a file, each message on the disk when it is acknowledged. The devices run on " +
      "the same cores, in one process.",
    columns: ["", ""],
    rows: [
      ["TLS handshakes, both ends", `${(DEVICES / (connectMs / 1000)).toFixed(0)} a second`],
      ["messages, sent and acknowledged", `${perSecond.toFixed(0)} a second`],
      ...Object.entries(latencyMs).map(([name, ms]) => [`wait for an acknowledgement, ${name}`, wholeMs(ms)]),
      ["the longest wait", wholeMs(mostMs)],
      [
        "memory: idle, all connected, most",
        [measured.idleMb, measured.connectedMb, measured.mostMb].map(mb).join(", "),
      ],
    ],
    goals: [
      {
        text: `of ${sent.length} messages none lost and none twice; lost ${lost}, twice ${twice}, unasked ${unasked}`,
        met: lost === 0 && twice === 0 && unasked === 0 && sent.length === DEVICES * MESSAGES,
      },
      {
        text: `at most ${GOAL_MB} MB of memory; it is ${mb(measured.mostMb)}`,
        met: measured.mostMb <= GOAL_MB,
      },
    ],
    remarks:
      measured.reconnected === 0
        ? []
        : [
            `${measured.reconnected} times a device was let go that had waited for the others for more than ten seconds; ` +
              "it connected again, which is in its wait, and sent again what had not been acknowledged.",
          ],
    data: {
      devices: DEVICES,
      messages: MESSAGES,
      ...measured,
      sent: sent.length,
      kept: kept.size,
      latencyMs,
      mostMs,
      perSecond,
    },
  });
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createDeviceClient, type DeviceClient } from "../../../src/sandbox/rehearse/device-client.ts";
import { COMMAND, plainEnvironment } from "../../stories/command.ts";

/** What `samicerts sandbox --json` says of itself. */
export interface Running {
  readonly portal: string;
  readonly api: string;
  readonly vendors: readonly { readonly types: readonly { readonly id: string; readonly name: string }[] }[];
  readonly accounts: readonly {
    readonly email: string;
    readonly password: string;
    readonly token: string;
  }[];
}

/** A device of the stage's vendor, which calls the sandbox with its own certificate. */
export interface StageDevice {
  readonly client: DeviceClient;
  /** Asks to register: gives what the device shows, and what it keeps. */
  open(): Promise<{ readonly rid: string; readonly pin: string; readonly nonce: string }>;
  complete(opened: { readonly rid: string; readonly nonce: string }): Promise<void>;
  /** As the API has it, without the portal. */
  register(name: string, token: string): Promise<string>;
  send(data: unknown, ts?: number): Promise<void>;
}

/** A vendor's directory, and a real `samicerts sandbox` that was started in it. */
export interface Stage {
  readonly running: Running;
  readonly directory: string;
  /** Issues a device's certificate and gives the device. */
  device(serial: string, name: string): StageDevice;
  /** Runs a command to its end; throws where it does not end with 0. */
  run(...words: readonly string[]): Promise<string>;
  /** Starts one and gives it. */
  start(...words: readonly string[]): ChildProcess;
  close(): Promise<void>;
}

/** The file that the sandbox keeps its state in, in the vendor's directory. */
export const STATE = "sandbox.db";
const BASE = "/v1.1/cert/devices/registrations";
/** The README's vendor. */
const ROOT = "/C=US/ST=California/O=MyOrg/OU=MyDep/CN=MyDevAuthority";

/** Sets the stage. */
export async function openStage(): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), "samicerts-portal-"));
  const processes: ChildProcess[] = [];
  const start: Stage["start"] = (...words) => {
    const child = spawn(process.execPath, [COMMAND, ...words], { cwd: directory, env: plainEnvironment() });
    processes.push(child);
    return child;
  };
  const run: Stage["run"] = async (...words) => {
    const child = start(...words);
    const said: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => said.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => said.push(chunk));
    const [status] = await once(child, "close");
    const text = Buffer.concat(said).toString("utf8");
    if (status !== 0) throw new Error(`samicerts ${words.join(" ")} ended with ${status}: ${text}`);
    return text;
  };
  const close = async (): Promise<void> => {
    for (const child of processes) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGTERM");
      await once(child, "close");
    }
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await run("root", ROOT);
    const running = await firstDocument(
      start("sandbox", "--json", "--port", "0", "--api-port", "0", "--state", STATE),
    );
    const device: Stage["device"] = (serial, name) => makeDevice(directory, running, serial, name);
    return { running, directory, start, run, close, device };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The JSON that a command prints before it goes on. */
async function firstDocument(child: ChildProcess): Promise<Running> {
  if (child.stdout === null) throw new Error("it has no output");
  let text = "";
  for await (const line of createInterface({ input: child.stdout })) {
    text += `${line}\n`;
    if (line === "}") return JSON.parse(text) as Running;
  }
  throw new Error(`it ended without a word: ${text}`);
}

function makeDevice(directory: string, running: Running, serial: string, name: string): StageDevice {
  const file = (extension: string) =>
    readFileSync(join(directory, "devices", `${serial}.${extension}`), "utf8");
  const place = { host: "localhost", port: Number(new URL(running.api).port) };
  const client = createDeviceClient(place, { certificate: file("crt"), key: file("key") });
  const deviceTypeId = running.vendors[0]?.types[0]?.id;
  let own = { accessToken: "", did: "" };
  const ask = async (method: string, path: string, body: unknown, token?: string) => {
    const answer = await client.ask(method, path, { body, ...(token === undefined ? {} : { token }) });
    if (answer.status !== 200) throw new Error(`${name}: ${method} ${path}: ${JSON.stringify(answer.body)}`);
    return (answer.body as { data: never }).data;
  };
  const open: StageDevice["open"] = () => ask("POST", BASE, { deviceTypeId, vendorDeviceId: serial });
  const complete: StageDevice["complete"] = async ({ rid, nonce }) => {
    own = await ask("PUT", `${BASE}/${rid}`, { nonce });
  };
  return {
    client,
    open,
    complete,
    async register(deviceName, token) {
      const opened = await open();
      await ask("PUT", "/v1.1/devices/registrations/pin", { pin: opened.pin, deviceName }, token);
      await complete(opened);
      return own.did;
    },
    async send(data, ts) {
      await ask(
        "POST",
        "/v1.1/message",
        { sdid: own.did, data, ...(ts === undefined ? {} : { ts }) },
        own.accessToken,
      );
    },
  };
}

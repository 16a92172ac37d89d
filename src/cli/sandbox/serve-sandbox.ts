import { isIP } from "node:net";
import { policyInForce, readPolicyFile } from "../../open-policy.ts";
import { loadPolicy } from "../../policy/load-policy.ts";
import { errorText } from "../../report/error.ts";
import { type RunningSandbox, runningText } from "../../report/human-sandbox.ts";
import { runningJson } from "../../report/json-sandbox.ts";
import { visible } from "../../report/layout.ts";
import { PORTAL } from "../../sandbox/portal/portal.ts";
import { startSandbox } from "../../sandbox/start.ts";
import { readAll } from "../anchors.ts";
import type { Call, Outcome } from "../command-spec.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { describeFault } from "../fault.ts";
import type { Flags } from "../flag-values.ts";
import { FLAG, type FlagSpec } from "../flags.ts";
import { serveUntilEnded } from "../ocsp/serve-until.ts";
import { SANDBOX_FLAG } from "../sandbox-flags.ts";
import { usageError } from "../usage.ts";
import { openVendorDirectory } from "../vendor-directory.ts";
import { ledgerToAsk } from "../verify/ledger-to-ask.ts";
import { VERIFY_FLAG } from "../verify-flags.ts";
import { demoAccounts } from "./demo.ts";
import { bringTypes, openJudgingPlatform, toldVendor, trustOwn } from "./open-sandbox.ts";
import { watchRevocation } from "./revocation.ts";
import { stateFile } from "./state-file.ts";

const DEFAULT_PORT = 8080;
const DEFAULT_API_PORT = 8443;

/** `sandbox`: runs until it is ended. */
export function serveSandbox(call: Call): Outcome {
  const { flags, host, paint, notePaint } = call;
  const [port, apiPort] = [
    readPort(flags, SANDBOX_FLAG.port, DEFAULT_PORT),
    readPort(flags, SANDBOX_FLAG.apiPort, DEFAULT_API_PORT),
  ];
  const names = flags.all(SANDBOX_FLAG.host).map(readName);
  const address = flags.text(SANDBOX_FLAG.address);
  const workspace = openVendorDirectory(flags);
  const quiet = flags.on(FLAG.quiet);
  const note = (text: string): void => void host.stderr.write(`${text}\n`);
  const warn = (problem: string): void => note(`${notePaint.warn("warning:")} ${visible(problem)}`);
  const failed = (error: unknown): void => {
    const told = describeFault(error);
    host.stderr.write(errorText(told, notePaint));
  };
  const further = flags.all(FLAG.untrusted).flatMap(readAll);
  const roots = flags.all(FLAG.root).flatMap(readAll);
  const revocation = watchRevocation(
    flags.all(VERIFY_FLAG.crl),
    workspace,
    ledgerToAsk(flags, workspace),
    warn,
  );
  let exitCode: ExitCode = EXIT.done;

  async function* run(): AsyncGenerator<string> {
    try {
      const state = stateFile(flags);
      const platform = openJudgingPlatform(flags, workspace, state, revocation);
      try {
        if (roots.length === 0 && workspace.hasRoot()) trustOwn(platform, workspace);
        for (const root of roots) bringTypes(platform, platform.vendors.add(root, further), further);
        const accounts = await demoAccounts(platform);
        const sandbox = await startSandbox(platform, {
          portalPort: port,
          apiPort,
          names,
          serverPolicy: loadPolicy("rfc5280", readPolicyFile),
          portal: PORTAL,
          failed,
          ...(address === undefined ? {} : { address }),
        });
        const shown = names[0] ?? "localhost";
        const running: RunningSandbox = {
          portal: `http://${shown}:${sandbox.portalPort}`,
          api: `https://${shown}:${sandbox.apiPort}/v1.1`,
          ca: `http://${shown}:${sandbox.portalPort}/ca.crt`,
          state: state ?? null,
          policy: policyInForce(flags.text(FLAG.judgePolicy), workspace).name,
          crls: revocation.names,
          vendors: platform.vendors.all().map((vendor) => toldVendor(platform, vendor)),
          accounts,
        };
        // Before it is told: whoever reads that may end it at once.
        const ended = serveUntilEnded({ stop: () => sandbox.close() });
        if (flags.on(FLAG.json)) yield runningJson(running);
        else if (!quiet) yield runningText(running, paint, host.stdout.columns);
        if (!quiet && !flags.on(FLAG.json))
          platform.refusals.subscribe(({ what, status, reason, subject }) =>
            note(
              `${notePaint.bad("refused:")} ${visible(`${what} ${status}, ${subject ?? "no certificate"}: ${reason}`)}`,
            ),
          );
        if ((await ended) === "interrupted") exitCode = EXIT.interrupted;
      } finally {
        platform.close();
      }
    } finally {
      revocation.close();
    }
  }
  return { exitCode: () => exitCode, out: run() };
}

function readPort(flags: Flags, flag: FlagSpec, otherwise: number): number {
  const text = flags.text(flag);
  if (text === undefined) return otherwise;
  if (/^[0-9]{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw usageError(
    "port",
    `--${flag.name} can't be ${JSON.stringify(text.slice(0, 40))}`,
    `give a port from 0 to 65535, as in --${flag.name} ${otherwise}`,
  );
}

function readName(text: string): string {
  if (/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(text) || isIP(text) !== 0) return text;
  throw usageError(
    "host",
    `--host can't be ${JSON.stringify(text.slice(0, 80))}`,
    "give a name or an address without a port, as in --host laptop.local",
  );
}

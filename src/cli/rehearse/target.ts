import { SamicertsError } from "../../base/errors.ts";
import { ledgerExists } from "../../ledger/exists.ts";
import { readPolicyFile } from "../../open-policy.ts";
import { loadPolicy } from "../../policy/load-policy.ts";
import { createDeviceClient, type PlatformPlace } from "../../sandbox/rehearse/device-client.ts";
import { startSandbox } from "../../sandbox/start.ts";
import { nodeFiles } from "../../workspace/node-files.ts";
import type { Call } from "../command-spec.ts";
import { readInput } from "../read-input.ts";
import { REHEARSE_FLAG } from "../rehearse-flags.ts";
import { demoAccounts } from "../sandbox/demo.ts";
import { openJudgingPlatform, trustOwn } from "../sandbox/open-sandbox.ts";
import { watchRevocation } from "../sandbox/revocation.ts";
import { usageError } from "../usage.ts";
import { openVendorDirectory } from "../vendor-directory.ts";

/** What is rehearsed against. */
export interface Target {
  readonly place: PlatformPlace;
  /** Whether it is a sandbox of this very run. */
  readonly own: boolean;
  /** Owners' tokens, the device's first. */
  readonly tokens: readonly string[];
  close(): Promise<void>;
}

const TOKEN_VARIABLE = "SAMICERTS_SANDBOX_TOKEN";
const DEFAULT_API = "https://localhost:8443";
const MAX_CA = 1024 * 1024;

/**
 * The sandbox that runs, else one of this run where it plays the owner and is told of no other.
 * Throws `rehearse.no-sandbox`, `rehearse.no-root`, `usage.*`.
 */
export async function openTarget(call: Call): Promise<Target> {
  const { flags, host } = call;
  const plays = flags.on(REHEARSE_FLAG.autoConfirm);
  const tokens = plays ? readTokens(host.env[TOKEN_VARIABLE]) : [];
  const api = flags.text(REHEARSE_FLAG.api);
  if (plays && api === undefined && tokens.length === 0) {
    if (flags.text(REHEARSE_FLAG.cacert) !== undefined)
      throw usageError(
        "conflict",
        "--cacert is of a sandbox that runs, and this rehearses against one of its own",
        "name the one that runs with --api, or leave --cacert out",
      );
    return await openOwn(call);
  }
  if (plays && tokens.length === 0)
    throw usageError(
      "no-token",
      `--auto-confirm plays the owner at ${api}, and has no token of theirs`,
      `export ${TOKEN_VARIABLE} as the sandbox told when it began, or leave --api out for a sandbox of its own`,
    );
  const place = readPlace(call, api ?? DEFAULT_API);
  const client = createDeviceClient(place, undefined);
  try {
    await client.ask("GET", "/v1.1/devicetypes");
  } catch (cause) {
    throw new SamicertsError({
      kind: "io",
      code: "rehearse.no-sandbox",
      message: `there is no sandbox at ${client.url}: ${(cause as Error).message}`,
      hint: "start one beside this: samicerts sandbox; or rehearse against one of its own: --auto-confirm",
      cause,
    });
  } finally {
    client.close();
  }
  return { place, own: false, tokens, close: async () => {} };
}

async function openOwn({ flags, host, notePaint }: Call): Promise<Target> {
  const workspace = openVendorDirectory(flags);
  if (!workspace.hasRoot())
    throw new SamicertsError({
      kind: "input",
      code: "rehearse.no-root",
      message: `there is no ${workspace.paths.rootCertificate} for a sandbox to trust`,
      hint: "name the vendor's directory with --dir, or a sandbox that runs with --api",
    });
  const warn = (problem: string): void =>
    void host.stderr.write(`${notePaint.warn("warning:")} ${problem}\n`);
  const { ledger } = workspace.paths;
  const revocation = watchRevocation(
    [],
    workspace,
    ledgerExists(nodeFiles, ledger) ? ledger : undefined,
    warn,
  );
  const platform = openJudgingPlatform(flags, workspace, undefined, revocation);
  trustOwn(platform, workspace);
  const accounts = await demoAccounts(platform);
  const sandbox = await startSandbox(platform, {
    portalPort: 0,
    apiPort: 0,
    serverPolicy: loadPolicy("rfc5280", readPolicyFile),
    failed: (error) => warn(`the sandbox failed: ${(error as Error).message}`),
  });
  return {
    place: { host: "localhost", port: sandbox.apiPort, ca: sandbox.ca },
    own: true,
    tokens: accounts.map(({ token }) => token),
    close: async () => {
      await sandbox.close();
      platform.close();
      revocation.close();
    },
  };
}

function readTokens(text = ""): readonly string[] {
  const tokens = text.split(",").filter((each) => each !== "");
  if (tokens.every((each) => /^[0-9a-f]{32}$/.test(each))) return tokens;
  throw usageError(
    "token",
    `${TOKEN_VARIABLE} holds something else than tokens`,
    "give tokens of 32 hex digits, with a comma between them, as the sandbox told when it began",
  );
}

function readPlace({ flags }: Call, api: string): PlatformPlace {
  const url = URL.canParse(api) ? new URL(api) : undefined;
  if (url?.protocol !== "https:" || url.search !== "")
    throw usageError(
      "api",
      `--api can't be ${JSON.stringify(api.slice(0, 80))}`,
      "give the API's address, as in --api https://localhost:8443",
    );
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? 443 : Number(url.port);
  const cacert = flags.text(REHEARSE_FLAG.cacert);
  if (cacert !== undefined)
    return { host, port, ca: Buffer.from(readInput(cacert, nodeFiles, MAX_CA, "a CA")).toString("utf8") };
  if (["localhost", "127.0.0.1", "::1"].includes(host)) return { host, port };
  throw usageError(
    "no-cacert",
    `${host} is another machine, and it is not said what its certificate is checked by`,
    "fetch the sandbox's CA from /ca.crt at its portal, and name it with --cacert",
  );
}

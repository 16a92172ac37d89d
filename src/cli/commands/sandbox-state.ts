import { randomBytes } from "node:crypto";
import { sha256Hex } from "../../actions/summary.ts";
import { SamicertsError } from "../../base/errors.ts";
import { policyInForce } from "../../open-policy.ts";
import {
  addedApplicationText,
  addedTypeText,
  addedVendorText,
  askedRootText,
  passwordText,
  vendorsText,
} from "../../report/human-sandbox.ts";
import {
  addedApplicationJson,
  addedTypeJson,
  addedVendorJson,
  passwordJson,
  vendorsJson,
} from "../../report/json-sandbox.ts";
import type { Platform } from "../../sandbox/platform.ts";
import { formatName } from "../../x509/name-format.ts";
import { readAll } from "../anchors.ts";
import { askYes } from "../ask-yes.ts";
import type { Call, CommandModule, Outcome } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import { FLAG } from "../flags.ts";
import { bringTypes, openJudgingPlatform, toldVendor } from "../sandbox/open-sandbox.ts";
import { findVendor, readEmail, readRedirectUri, readTypeId } from "../sandbox/read-operands.ts";
import { neededStateFile } from "../sandbox/state-file.ts";
import { SANDBOX_FLAG } from "../sandbox-flags.ts";
import { usageError } from "../usage.ts";
import { openVendorDirectory } from "../vendor-directory.ts";

/** `sandbox vendor add`: trusts a root. */
export const addVendor: CommandModule = {
  run(call) {
    const { flags, operands, host, paint, notePaint } = call;
    const [file = ""] = operands;
    const [root, ...chained] = readAll(file);
    if (root === undefined)
      throw usageError("no-certificate", `${file} holds no certificate`, "name a root's");
    const further = [...chained, ...flags.all(FLAG.untrusted).flatMap(readAll)];
    return withPlatform(call, (platform, state, policy) => {
      const { compliant, findings } = platform.vendors.judge(root);
      const sha256 = sha256Hex(root.der);
      const asked = { file, subject: formatName(root.subject), sha256, policy, compliant, findings };
      if (!compliant)
        throw new SamicertsError({
          kind: "refused",
          code: "sandbox.root-refused",
          message: `${file} is not trusted: ${findings.find(({ severity }) => severity === "error")?.message}`,
          hint: `samicerts verify ${file} --root ${file} tells all of it; --policy names other rules`,
          findings,
        });
      const known = flags.on(SANDBOX_FLAG.yes);
      if (!known || !(flags.on(FLAG.quiet) || flags.on(FLAG.json)))
        host.stderr.write(askedRootText(asked, notePaint, host.stderr.columns));
      if (!known) confirm(call);
      const vendor = platform.vendors.add(root, further, flags.text(SANDBOX_FLAG.name));
      bringTypes(platform, vendor, further);
      const told = toldVendor(platform, vendor);
      if (flags.on(FLAG.json)) return done(addedVendorJson(told, state));
      return done(flags.on(FLAG.quiet) ? "" : addedVendorText(told, state, paint, host.stdout.columns));
    });
  },
};

/** `sandbox vendor list`: vendors and their types. */
export const listVendors: CommandModule = {
  run: (call) =>
    withPlatform(call, (platform, _, policy) => {
      const told = platform.vendors.all().map((vendor) => toldVendor(platform, vendor));
      if (call.flags.on(FLAG.json)) return done(vendorsJson(told));
      return done(vendorsText(told, policy, call.paint, call.host.stdout.columns));
    }),
};

/** `sandbox type add`: makes a type of device. */
export const addType: CommandModule = {
  run(call) {
    const { flags, operands, host, paint } = call;
    const issuerDn = flags.text(SANDBOX_FLAG.issuer);
    const id = readTypeId(flags.text(SANDBOX_FLAG.id));
    return withPlatform(call, (platform) => {
      const told = platform.vendors.addType({
        vendor: findVendor(platform, flags.text(SANDBOX_FLAG.vendor)).id,
        name: operands[0] ?? "",
        ...(issuerDn === undefined ? {} : { issuerDn }),
        ...(id === undefined ? {} : { id }),
      });
      if (flags.on(FLAG.json)) return done(addedTypeJson(told));
      return done(flags.on(FLAG.quiet) ? "" : addedTypeText(told, paint, host.stdout.columns));
    });
  },
};

/** `sandbox account add`: makes an account. */
export const addAccount: CommandModule = {
  run(call) {
    const email = readEmail(call.operands[0]);
    const name = call.flags.text(SANDBOX_FLAG.name) ?? email;
    return withPlatform(call, async (platform) => {
      const password = drawPassword();
      const { uid } = await platform.accounts.add({ email, name, password });
      return tellPassword(call, { uid, email, password }, true);
    });
  },
};

/** `sandbox account password`: gives an account another password. */
export const newPassword: CommandModule = {
  run(call) {
    const email = readEmail(call.operands[0]);
    return withPlatform(call, async (platform, state) => {
      const user = platform.accounts.findEmail(email);
      if (user === undefined)
        throw new SamicertsError({
          kind: "input",
          code: "sandbox.no-account",
          message: `there is no account ${email} in ${state}`,
          hint: `make it: samicerts sandbox account add ${email} --state ${state}`,
        });
      const password = drawPassword();
      await platform.accounts.setPassword(user.uid, password);
      return tellPassword(call, { uid: user.uid, email: user.email, password }, false);
    });
  },
};

/** `sandbox application add`: makes an application for OAuth 2. */
export const addApplication: CommandModule = {
  run(call) {
    const { flags, operands, host, paint } = call;
    const redirectUris = flags.all(SANDBOX_FLAG.redirect).map(readRedirectUri);
    if (redirectUris.length === 0)
      throw usageError(
        "no-redirect",
        "it is not said where users may be sent back to",
        "name it, as in --redirect http://localhost:3000/",
      );
    const id = flags.text(SANDBOX_FLAG.id);
    return withPlatform(call, (platform) => {
      const named = { name: operands[0] ?? "", redirectUris };
      const told = platform.oauth.addApplication(id === undefined ? named : { id, ...named });
      if (flags.on(FLAG.json)) return done(addedApplicationJson(told));
      return done(flags.on(FLAG.quiet) ? "" : addedApplicationText(told, paint, host.stdout.columns));
    });
  },
};

async function withPlatform(
  { flags }: Call,
  work: (platform: Platform, state: string, policy: string) => Outcome | Promise<Outcome>,
): Promise<Outcome> {
  const state = neededStateFile(flags);
  const workspace = openVendorDirectory(flags);
  const policy = policyInForce(flags.text(FLAG.judgePolicy), workspace).name;
  const platform = openJudgingPlatform(flags, workspace, state);
  try {
    return await work(platform, state, policy);
  } finally {
    platform.close();
  }
}

function confirm({ flags }: Call): void {
  const said = flags.on(FLAG.noInput) ? undefined : askYes("trust this root? Compare its fingerprint first.");
  if (said === true) return;
  if (said === undefined)
    throw usageError(
      "not-confirmed",
      "there is nobody to ask whether this root is to be trusted",
      "compare its fingerprint, then give --yes",
    );
  throw usageError("not-confirmed", "the root is not trusted: it was not said so", "answer y, or give --yes");
}

function drawPassword(): string {
  return randomBytes(12).toString("base64url");
}

function tellPassword(
  { flags, paint, host }: Call,
  account: { readonly uid: string; readonly email: string; readonly password: string },
  made: boolean,
): Outcome {
  if (flags.on(FLAG.json)) return done(passwordJson(account));
  return done(passwordText(account, made, paint, host.stdout.columns));
}

function done(out: string): Outcome {
  return { exitCode: EXIT.done, out };
}

import { issueDevice } from "../../actions/issue-device.ts";
import { openJudge } from "../../open-judge.ts";
import { policyInForce } from "../../open-policy.ts";
import { clientText, warningLines } from "../../report/human-issue.ts";
import { issuedJson } from "../../report/json-issue.ts";
import { parseKeySpec } from "../../x509/algorithms.ts";
import { parseSerial } from "../../x509/serial.ts";
import type { Call, Outcome } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import type { Flags } from "../flag-values.ts";
import { FLAG } from "../flags.ts";
import { readForeignKey } from "../foreign-key.ts";
import { LINE_FLAG } from "../line-flags.ts";
import { refuseNewPassphrase } from "../passphrase.ts";
import { readAttribute } from "../read-attribute.ts";
import { REQUEST_FLAG } from "../request-flags.ts";
import { readValidity } from "../span.ts";
import { TOKEN_FLAG } from "../token-flags.ts";
import { usageError } from "../usage.ts";
import { openIssuingDeps, withDeps } from "../wire.ts";

/** Makes one device's key and certificate. */
export function run(call: Call): Outcome {
  const { flags, host, paint } = call;
  const [serialText = "", name = ""] = call.operands;
  const serial = parseSerial(serialText);
  if (name.trim() === "")
    throw usageError(
      "empty-name",
      "the device's name is empty",
      "give it one, as in samicerts client 100000001 MyAwesomeDevice",
    );
  const key = flags.text(FLAG.key);
  const line = flags.text(LINE_FLAG);
  const foreignKey = readForeignKey(flags);
  const deviceKey = readDeviceKey(flags);
  if (foreignKey !== undefined || deviceKey !== undefined)
    refuseNewPassphrase(flags, "new", "the device keeps its key to itself");
  const notes: string[] = [];
  const warn = (warning: string): void => void notes.push(`${call.notePaint.warn("warning:")} ${warning}`);
  const issued = withDeps(openIssuingDeps(call, warn), (deps) => {
    const policy = policyInForce(flags.text(FLAG.policy), deps.workspace);
    const validity = readValidity(flags, deps.clock.now());
    return issueDevice(
      {
        serial,
        name,
        judge: openJudge(policy),
        subject: flags.all(FLAG.attribute).map(readAttribute),
        ...(line === undefined ? {} : { line }),
        ...(key === undefined ? {} : { key: parseKeySpec(key) }),
        ...(validity === undefined ? {} : { validity }),
        ...(foreignKey === undefined ? {} : { foreignKey }),
        ...(deviceKey === undefined
          ? {}
          : {
              keyPlace: deps.devicePlace(deviceKey, serial),
              existingKey: flags.on(TOKEN_FLAG.existingKey),
            }),
      },
      deps,
    );
  });
  notes.push(...warningLines(issued.findings, call.notePaint));
  const { paths, certificateInToken } = issued;
  if (certificateInToken?.stored === false)
    warn(
      `the token took no certificate beside the key ${paths.keyInToken} (${certificateInToken.reason}): it is in ` +
        `${paths.certificate} alone`,
    );
  if (flags.on(FLAG.json)) return { exitCode: EXIT.done, out: issuedJson("client", issued), notes };
  const out = flags.on(FLAG.quiet) ? "" : clientText(issued, paint, host.stdout.columns);
  return { exitCode: EXIT.done, out, notes };
}

/** The address of the secure element that the key is to be in; throws `usage.conflict`. */
function readDeviceKey(flags: Flags): string | undefined {
  const given = flags.text(TOKEN_FLAG.deviceKey);
  const others = [REQUEST_FLAG.csr, REQUEST_FLAG.publicKey].find((flag) => flags.text(flag) !== undefined);
  if (given !== undefined && others !== undefined)
    throw usageError(
      "conflict",
      `--device-key and --${others.name} can't be given together: each says where the key is`,
      "keep the one that says so",
    );
  if (given === undefined && flags.on(TOKEN_FLAG.existingKey))
    throw usageError(
      "conflict",
      "--existing-key says nothing without --device-key",
      "leave it out, or say with --device-key in which token the key is",
    );
  return given;
}

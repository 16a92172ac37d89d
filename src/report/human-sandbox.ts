import type { Finding } from "../base/finding.ts";
import { issuedText } from "./human-issue.ts";
import { count, type Field, hang, visible } from "./layout.ts";
import type { Paint } from "./paint.ts";

/** A vendor that a sandbox trusts. */
export interface ToldVendor {
  readonly name: string;
  /** Of its root, hex. */
  readonly sha256: string;
  readonly compliant: boolean;
  readonly types: readonly ToldType[];
}

/** A type of device. */
export interface ToldType {
  readonly id: string;
  readonly name: string;
  readonly issuerDn: string;
}

/** A sandbox that is running. */
export interface RunningSandbox {
  readonly portal: string;
  readonly api: string;
  readonly ca: string;
  readonly state: string | null;
  readonly policy: string;
  readonly crls: readonly string[];
  readonly vendors: readonly ToldVendor[];
  readonly accounts: readonly {
    readonly email: string;
    readonly password?: string;
    readonly token: string;
  }[];
}

/** An account, with its password where that was drawn now. */
export interface ToldAccount {
  readonly uid: string;
  readonly email: string;
  readonly password: string;
}

/** An application that users may give access to. */
export interface ToldApplication {
  readonly id: string;
  readonly name: string;
  readonly redirectUris: readonly string[];
}

/** A root that is to be trusted. */
export interface AskedRoot {
  readonly file: string;
  readonly subject: string;
  readonly sha256: string;
  readonly policy: string;
  readonly compliant: boolean;
  readonly findings: readonly Finding[];
}

/** What `rehearse` takes where it is told of no other. */
const USUAL_API = "https://localhost:8443";

/** A SHA-256 as people compare it: `AB:CD:...`. */
export function fingerprint(sha256: string): string {
  return (sha256.toUpperCase().match(/../g) ?? []).join(":");
}

/** What a person is told when a sandbox begins. */
export function runningText(running: RunningSandbox, paint: Paint, width: number): string {
  const { vendors, accounts, state } = running;
  const fields: Field[] = [
    ["portal", running.portal],
    ["device API", running.api],
    ["its CA", `${running.ca} (or curl -k)`],
    ["state", state === null ? "in memory: gone when this ends" : visible(state)],
    ...(running.crls.length === 0 ? [] : ([["CRLs", running.crls.map(visible)]] satisfies Field[])),
    ...vendors.flatMap((vendor) => vendorFields(vendor, running.policy, paint)),
    ...accounts.map(
      ({ email, password, token }): Field => [
        "account",
        [
          `${email}, ${password === undefined ? "password as told at the first start" : `password ${password}`}`,
          `token ${token}`,
        ],
      ],
    ),
    ["next", vendors.length === 0 ? "samicerts sandbox --root root.crt" : nextLines(running)],
  ];
  return issuedText(paint.strong("sandbox is running; Ctrl-C ends it"), fields, width);
}

function nextLines({ accounts, api }: RunningSandbox): readonly string[] {
  const tokens = accounts.map(({ token }) => token).join(",");
  const { origin } = new URL(api);
  const where = origin === USUAL_API ? "" : ` --api ${origin}`;
  return [`export SAMICERTS_SANDBOX_TOKEN=${tokens}`, `samicerts rehearse 100000001${where}`];
}

function vendorFields({ name, sha256, compliant, types }: ToldVendor, policy: string, paint: Paint): Field[] {
  const verdict = compliant
    ? paint.good(`compliant with ${policy}`)
    : paint.bad(`not compliant with ${policy}`);
  const print = fingerprint(sha256);
  return [
    ["vendor", [visible(name), print.slice(0, 48), print.slice(48), verdict]],
    ...types.map(
      (type): Field => ["type", [type.id, `${visible(type.name)}, issuer ${visible(type.issuerDn)}`]],
    ),
  ];
}

/** What a person is shown of a root before it is trusted. */
export function askedRootText(root: AskedRoot, paint: Paint, width: number): string {
  const print = fingerprint(root.sha256);
  const verdict = root.compliant ? paint.good("compliant") : paint.bad("not compliant");
  const fields: Field[] = [
    ["subject", visible(root.subject)],
    ["SHA-256", [print.slice(0, 48), print.slice(48)]],
    ["verdict", `${verdict} with ${root.policy}`],
  ];
  const findings = root.findings.flatMap(({ severity, message, rule }) =>
    hang(`  ${severity}: `, visible(`${message} [${rule}]`), width),
  );
  const text = issuedText(`${visible(root.file)}, to be trusted as a vendor's root`, fields, width);
  return findings.length === 0 ? text : `${text}${findings.join("\n")}\n`;
}

/** What a person is told of a vendor that is trusted now. */
export function addedVendorText(
  { name, types }: ToldVendor,
  state: string,
  paint: Paint,
  width: number,
): string {
  const fields: Field[] = [
    ["state", visible(state)],
    ...types.map(
      (type): Field => ["type", [type.id, `${visible(type.name)}, issuer ${visible(type.issuerDn)}`]],
    ),
  ];
  return issuedText(`trusted ${paint.strong(visible(name))}`, fields, width);
}

/** What a person is told of a type that was made. */
export function addedTypeText({ id, name, issuerDn }: ToldType, paint: Paint, width: number): string {
  const fields: Field[] = [
    ["id", id],
    ["issuer", visible(issuerDn)],
  ];
  return issuedText(`made the device type ${paint.strong(visible(name))}`, fields, width);
}

/** What a person is told of an account that was made, or that has a new password. */
export function passwordText(account: ToldAccount, made: boolean, paint: Paint, width: number): string {
  const fields: Field[] = [["password", `${account.password} (it is not shown again)`]];
  const email = paint.strong(visible(account.email));
  return issuedText(made ? `made the account ${email}` : `gave ${email} a new password`, fields, width);
}

/** What a person is told of an application that was made. */
export function addedApplicationText(application: ToldApplication, paint: Paint, width: number): string {
  const fields: Field[] = [
    ["client_id", application.id],
    ["redirects", application.redirectUris.map(visible)],
  ];
  return issuedText(`made the application ${paint.strong(visible(application.name))}`, fields, width);
}

/** The vendors of a state, with their types. */
export function vendorsText(
  vendors: readonly ToldVendor[],
  policy: string,
  paint: Paint,
  width: number,
): string {
  const fields = vendors.flatMap((vendor) => vendorFields(vendor, policy, paint));
  return issuedText(count(vendors.length, "vendor"), fields, width);
}

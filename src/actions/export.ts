import { createHash } from "node:crypto";
import { SamicertsError } from "../base/errors.ts";
import type { IssuerId, Ledger } from "../ledger/ledger.ts";
import type { ListedRow, ListFilter } from "../ledger/listing.ts";
import type { PairPlace, Workspace } from "../workspace/workspace.ts";
import type { Certificate } from "../x509/certificate.ts";
import { formatSerial } from "../x509/serial.ts";
import { decodeSingle } from "./open-issuer.ts";
import { isResponder } from "./responder-row.ts";

/** What exporting needs of the world. */
export interface ExportDeps {
  readonly workspace: Workspace;
  readonly ledger: Ledger;
}

/** A device's certificate that is to be handed on. */
export interface ExportedDevice {
  readonly row: ListedRow;
  readonly der: Uint8Array;
  /** Those above it: its issuer first, the root last; empty where the vendor's directory has them no more. */
  readonly above: readonly Certificate[];
}

const PAGE_ROWS = 1000;
const NONE: Uint8Array = new Uint8Array(0);

/**
 * Every device's certificate that the filter lets through and that is not revoked, read while it is used: a million are
 * never held at once. Roots and lines are left out. Without `withDer` its octets are none, which is faster.
 * Throws `ledger.*`.
 */
export function* exportDevices(
  filter: ListFilter,
  deps: ExportDeps,
  withDer = true,
  line?: string,
): Generator<ExportedDevice> {
  const { ledger } = deps;
  const issuer = line === undefined ? {} : { issuer: lineIssuer(line, ledger) };
  const authorities = new Set(ledger.issuers().map(({ spkiSha256 }) => hex(spkiSha256)));
  const above = issuersOf(deps);
  let after: string | undefined;
  do {
    const page = ledger.list(
      { ...filter, ...issuer, state: "issued", revoked: false },
      { limit: PAGE_ROWS, withDer, ...(after === undefined ? {} : { after }) },
    );
    after = page.next;
    for (const row of page.rows) {
      // An issuer's own certificate, and what binds an old root and a new one.
      if (authorities.has(row.spkiSha256 ?? "")) continue;
      if (row.batch === undefined && isResponder(derOf(row, ledger))) continue;
      yield { row, der: row.der ?? NONE, above: above(row.issuer) };
    }
  } while (after !== undefined);
}

/** A certificate's octets, which a listing without them has not brought along. */
function derOf({ issuer, serial, der }: ListedRow, ledger: Ledger): Uint8Array {
  return der ?? ledger.find(issuer, serial)?.certificate?.der ?? NONE;
}

/** One device's certificate, revoked or not; throws `export.unknown`, `export.ambiguous`. */
export function exportDevice(serial: bigint, line: string | undefined, deps: ExportDeps): ExportedDevice {
  const { ledger } = deps;
  const decimal = serial.toString();
  const { decimal: shown, hex: shownHex } = formatSerial(serial);
  const issuer = line === undefined ? undefined : lineIssuer(line, ledger);
  const filter = issuer === undefined ? {} : { issuer };
  const { rows } = ledger.list(
    { ...filter, state: "issued", serialFrom: decimal, serialTo: decimal },
    { limit: 3, withDer: true },
  );
  const [row, other] = rows;
  if (row?.der === undefined)
    throw exportError(
      "unknown",
      `the ledger has no certificate of serial ${shown} (${shownHex})`,
      "look it up with samicerts list",
    );
  if (other !== undefined)
    throw exportError(
      "ambiguous",
      `more than one issuer has used serial ${shown} (${shownHex})`,
      "say with --line which line's it is",
    );
  return { row, der: row.der, above: issuersOf(deps)(row.issuer) };
}

/** Where a device's files lie. */
export function placeOfDevice({ row }: ExportedDevice, { workspace, ledger }: ExportDeps): PairPlace {
  const line = ledger.lines().find(({ issuer }) => issuer === row.issuer);
  return line === undefined ? workspace.device(row.serial) : workspace.line(line.name).device(row.serial);
}

/** Finds the certificates of the vendor's issuers: the root's, those of lines, and those of roots that were replaced. */
function issuersOf({ workspace, ledger }: ExportDeps): (issuer: IssuerId) => readonly Certificate[] {
  const root = decodeSingle(workspace.readRootCertificate(), workspace.paths.rootCertificate);
  const chains = new Map<string, readonly Certificate[]>([[keyOf(root), [root]]]);
  for (const old of workspace.oldRoots()) {
    const bytes = old.read("certificate");
    const certificate = bytes === undefined ? undefined : decodeSingle(bytes, old.paths.certificate);
    if (certificate !== undefined) chains.set(keyOf(certificate), [certificate]);
  }
  for (const name of workspace.lineNames()) {
    const line = workspace.line(name);
    const certificate = decodeSingle(line.readCertificate(), line.paths.certificate);
    const top = [...chains.values()].find(
      ([first]) => first !== undefined && Buffer.compare(first.subject.der, certificate.issuer.der) === 0,
    );
    chains.set(keyOf(certificate), [certificate, ...(top ?? [])]);
  }
  const keys = new Map(ledger.issuers().map(({ id, spkiSha256 }) => [id, hex(spkiSha256)]));
  return (issuer) => chains.get(keys.get(issuer) ?? "") ?? [];
}

function lineIssuer(name: string, ledger: Ledger): IssuerId {
  const line = ledger.lines().find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (line?.issuer !== undefined) return line.issuer;
  throw exportError("no-line", `there is no line ${name}`, "look at the directory lines/");
}

function exportError(code: string, message: string, hint: string): SamicertsError {
  return new SamicertsError({ kind: "input", code: `export.${code}`, message, hint });
}

function keyOf(certificate: Certificate): string {
  return createHash("sha256").update(certificate.publicKey.der).digest("hex");
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

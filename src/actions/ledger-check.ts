import type { Clock } from "../base/effects.ts";
import { temporaryFor } from "../base/temporary-name.ts";
import type { BatchRow } from "../ledger/batch.ts";
import type { LineRow } from "../ledger/factory-line.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { ListedRow } from "../ledger/listing.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { PublicKey } from "../x509/public-key.ts";
import { checkAbandoned } from "./check-abandoned.ts";
import { checkDevice } from "./check-device.ts";
import { checkLeftKeys } from "./check-left-keys.ts";
import { checkOldRoots } from "./check-old-roots.ts";
import { checkLine, checkRoot } from "./check-root.ts";
import { checkStored } from "./check-stored.ts";
import { type CheckTally, type Discrepancy, leftover } from "./discrepancy.ts";
import { isResponder } from "./responder-row.ts";

/** What checking a ledger against its files needs of the world. */
export interface CheckDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly workspace: Workspace;
  /** Whether the policy in force puts the names of devices into their subjects. */
  readonly named: boolean;
  /** The ledger's lines. */
  readonly lines: readonly LineRow[];
  /** Names in a directory of devices, or of an authority; empty where there is no such directory. */
  deviceFiles(directory: string): readonly string[];
  /**
   * Opens a private key whoever may read it, and says whether others may; of an encrypted one it can't tell the public
   * key. Throws `io.missing`, `key.*`.
   */
  openKey(path: string): { readonly publicKey?: PublicKey; readonly othersMayRead: boolean };
  /** Whether a batch's output is one of the vendor's own directories of devices, with its files as `client` lays them. */
  isDevices(output: string): boolean;
  /** Takes everybody's but the owner's permissions off a file. */
  makePrivate(path: string): void;
  /** Removes a file, durably. */
  remove(path: string): void;
}

const PAGE_ROWS = 500;
const DEVICE_FILE = /^([1-9][0-9]{0,48})\.(chain\.crt|crt|key)$/;

/**
 * Finds everything in which the ledger and the vendor's files disagree, and gives at its end what was looked at.
 * Changes nothing; each that can be mended brings along how. Throws `ledger.*`, `io.*` where it can't look.
 */
export function* checkLedger(deps: CheckDeps): Generator<Discrepancy, CheckTally> {
  const { ledger } = deps;
  for (const damage of ledger.checkIntegrity())
    yield {
      rule: "ledger.damaged",
      message: `the ledger's database is damaged: ${damage}`,
      hint: "restore it from a backup; what was issued since then is found by checking again",
    };
  const issuers = new Map(ledger.issuers().map(({ id, spkiSha256 }) => [id, hex(spkiSha256)]));
  const lineOf = new Map(deps.lines.map(({ issuer, name }) => [issuer, name]));
  const lineOfKey = new Map(deps.lines.map(({ issuer, name }) => [issuers.get(issuer ?? 0), name]));
  const batches = ledger.batches();
  const inDevices = new Set(batches.filter(({ output }) => deps.isDevices(output)).map(({ id }) => id));
  const directories = new Map(deviceDirectories(deps).map((one) => [one.line, one]));
  const authorities = new Map<string | undefined, ListedRow[]>([[undefined, []]]);
  for (const { name, issuer } of deps.lines) if (issuer !== undefined) authorities.set(name, []);
  const rootKeys = new Set<string | undefined>(issuers.values());
  const bridges: ListedRow[] = [];
  const beingIssued = new Set<string>();
  const issuedOf = new Map<number, number>();
  let certificates = 0;
  let elsewhere = 0;
  let responders = 0;
  for (const row of allRows(ledger)) {
    const line = lineOf.get(row.issuer);
    const names = [`${row.serial}.crt`, `${row.serial}.key`, `${row.serial}.chain.crt`];
    const isHere = row.batch === undefined || inDevices.has(row.batch);
    const files = directories.get(line)?.files;
    const areThere = names.some((name) => files?.has(name));
    for (const name of names) files?.delete(name);
    if (row.state === "reserved") {
      if (row.abandoned) yield* checkAbandoned(row, line, deps);
      else beingIssued.add(row.serial);
      continue;
    }
    certificates++;
    if (row.batch !== undefined) issuedOf.set(row.batch, (issuedOf.get(row.batch) ?? 0) + 1);
    const isRoot = row.spkiSha256 === issuers.get(row.issuer);
    const ofLine = lineOfKey.get(row.spkiSha256);
    const isAuthority = isRoot || ofLine !== undefined;
    const isBridge = !isAuthority && rootKeys.has(row.spkiSha256);
    yield* checkStored(row, deps.named && !isAuthority && !isBridge);
    if (isAuthority) authorities.get(isRoot ? undefined : ofLine)?.push(row);
    else if (isBridge) bridges.push(row);
    // Who answers OCSP is no device: its files lie elsewhere, and go where the answers are made.
    else if (!areThere && row.der !== undefined && isResponder(row.der)) responders++;
    else if (isHere || areThere) yield* checkDevice(row, line, deps);
    else elsewhere++;
  }
  for (const { path, files } of directories.values()) yield* strangers(path, [...files], beingIssued, deps);
  yield* checkLeftKeys(deps);
  for (const [line, rows] of authorities)
    yield* line === undefined ? checkRoot(rows, deps) : checkLine(line, rows, deps);
  yield* checkOldRoots({ own: authorities.get(undefined) ?? [], bridges, keys: issuers }, deps);
  for (const batch of batches) {
    yield* checkCount(batch, issuedOf.get(batch.id) ?? 0);
    if (batch.abandoned)
      yield {
        rule: "batch.unfinished",
        message: `batch ${batch.id} into ${batch.output} was cut off after ${batch.progress.issued} certificates`,
        hint: "run the same command again, and it goes on where it stopped",
      };
  }
  return { certificates, elsewhere, responders };
}

/** A finished batch has as many certificates as it has issued, for ever. */
function* checkCount({ id, progress, finished }: BatchRow, there: number): Generator<Discrepancy> {
  const { issued } = progress;
  if (issued === there || finished === undefined) return;
  yield {
    rule: "ledger.damaged",
    message: `batch ${id} has issued ${issued}, and the ledger has ${there} of its certificates`,
    hint: "restore the ledger from a backup: it was changed from outside; samicerts audit verify tells where",
  };
}

function* allRows(ledger: Ledger): Generator<ListedRow> {
  let after: string | undefined;
  do {
    const page = ledger.list(
      {},
      { limit: PAGE_ROWS, withDer: true, ...(after === undefined ? {} : { after }) },
    );
    yield* page.rows;
    after = page.next;
  } while (after !== undefined);
}

interface DeviceDirectory {
  readonly line: string | undefined;
  readonly path: string;
  /** The names in it that belong to no row that was looked at. */
  readonly files: Set<string>;
}

/** The root's directory of devices, and those of the lines. */
function deviceDirectories(deps: CheckDeps): readonly DeviceDirectory[] {
  const { workspace, lines } = deps;
  const places = [
    { line: undefined, path: workspace.paths.devices },
    ...lines.map(({ name }) => ({ line: name, path: workspace.line(name).paths.devices })),
  ];
  return places.map(({ line, path }) => ({ line, path, files: new Set(deps.deviceFiles(path)) }));
}

/** What lies in a directory of devices and belongs to no row. */
function* strangers(
  directory: string,
  names: readonly string[],
  beingIssued: ReadonlySet<string>,
  deps: CheckDeps,
): Generator<Discrepancy> {
  for (const name of names) {
    const serial = DEVICE_FILE.exec(name)?.[1];
    const path = `${directory}/${name}`;
    if (serial !== undefined)
      yield {
        rule: "file.unknown",
        path,
        message: `${path} is there, but the ledger has no serial ${serial}`,
        hint: "find out whose it is: the ledger may be older than the file, or the file from elsewhere",
      };
    else if (isLeftover(name, beingIssued)) yield leftover(path, "", deps);
  }
}

function isLeftover(name: string, beingIssued: ReadonlySet<string>): boolean {
  const serial = DEVICE_FILE.exec(temporaryFor(name) ?? "")?.[1];
  return serial !== undefined && !beingIssued.has(serial);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

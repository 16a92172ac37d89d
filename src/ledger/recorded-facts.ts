import { createHash } from "node:crypto";
import type { BatchId } from "./batch.ts";
import { CERTIFICATE_EVENTS, type EventRow, type RecordFault, readChunk } from "./event.ts";
import type { Ledger } from "./ledger.ts";
import { contradicted, unrecorded } from "./record-fault.ts";
import { RecordedRevocations } from "./recorded-revocations.ts";

/** What of a ledger its record is held against. */
export type RecordedLedger = Pick<
  Ledger,
  "countIssued" | "find" | "list" | "issuers" | "batches" | "lines" | "revocations"
>;

const PAGE_ROWS = 1000;

/** A batch as its lines tell of it. */
interface ToldBatch {
  finished: boolean;
  issued: number;
  /** Its certificates by the input's lines, those that were told of taken out. */
  readonly certificates: Generator<Certificate, undefined>;
}

interface Certificate {
  readonly sha256: string;
  readonly line: number;
}

/** Holds the record against what the ledger has: each certificate, batch and issuer is told of by a line, as it is. */
export class RecordedFacts {
  private readonly ledger: RecordedLedger;
  private readonly issuers = new Set<number>();
  private readonly batches = new Map<BatchId, ToldBatch>();
  private readonly revocations: RecordedRevocations;
  private single = 0;

  constructor(ledger: RecordedLedger) {
    this.ledger = ledger;
    this.revocations = new RecordedRevocations(ledger);
  }

  /** Looks whether the ledger has what a line tells. */
  *hold(row: EventRow): Generator<RecordFault> {
    const { kind, issuer, batch } = row;
    if (CERTIFICATE_EVENTS.has(kind)) yield* this.certificate(row);
    else if (kind === "revoked" || kind === "released") yield* this.revocations.hold(row);
    else if (kind === "issuer-added" && issuer !== undefined) this.issuers.add(issuer);
    else if (batch === undefined) return;
    else if (kind === "batch-begun") this.batch(batch);
    else if (kind === "batch-finished") this.batch(batch).finished = true;
    else if (kind === "chunk-issued") yield* this.chunk(row, batch);
  }

  /** Looks whether the record tells of all that the ledger has. */
  *end(): Generator<RecordFault> {
    for (const { id, subject } of this.ledger.issuers())
      if (!this.issuers.has(id)) yield unrecorded(`the issuer ${subject}`);
    for (const { id, finished } of this.ledger.batches()) {
      const told = this.batches.get(id);
      if (told === undefined) yield unrecorded(`batch ${id}`);
      else if (finished !== undefined && !told.finished) yield unrecorded(`the end of batch ${id}`);
    }
    for (const [batch, count] of this.ledger.countIssued()) {
      const told = batch === undefined ? this.single : (this.batches.get(batch)?.issued ?? 0);
      if (told >= count) continue;
      const where = batch === undefined ? "" : ` of batch ${batch}`;
      yield unrecorded(`${count - told} of the ${count} certificates${where}`);
    }
    yield* this.revocations.end();
  }

  private *certificate({ id, issuer, serial, digest }: EventRow): Generator<RecordFault> {
    if (issuer === undefined || serial === undefined) return;
    const found = this.ledger.find(issuer, serial)?.certificate;
    if (found === undefined) yield contradicted(id, `certificate ${serial}, which the ledger does not have`);
    else if (Buffer.compare(found.certificateSha256, digest ?? NOTHING) === 0) this.single++;
    else yield contradicted(id, `another certificate ${serial} than the ledger has`);
  }

  private *chunk(row: EventRow, batch: BatchId): Generator<RecordFault> {
    const { count, lastLine } = readChunk(row) ?? { count: 0, lastLine: 0 };
    const told = this.batch(batch);
    const hash = createHash("sha256");
    let there = 0;
    let isBeyond = false;
    for (; there < count; there++) {
      const next = told.certificates.next();
      if (next.done === true) break;
      hash.update(Buffer.from(next.value.sha256, "hex"));
      isBeyond ||= next.value.line > lastLine;
    }
    told.issued += there;
    if (there < count || isBeyond || Buffer.compare(hash.digest(), row.digest ?? NOTHING) !== 0)
      yield contradicted(
        row.id,
        `${count} certificates of batch ${batch}, which are not those that the ledger has`,
      );
  }

  private batch(id: BatchId): ToldBatch {
    const known = this.batches.get(id);
    if (known !== undefined) return known;
    const told = { finished: false, issued: 0, certificates: this.certificatesOf(id) };
    this.batches.set(id, told);
    return told;
  }

  private *certificatesOf(batch: BatchId): Generator<Certificate, undefined> {
    let after: string | undefined;
    do {
      const page = this.ledger.list(
        { batch, state: "issued" },
        { limit: PAGE_ROWS, ...(after === undefined ? {} : { after }) },
      );
      for (const { certificateSha256 = "", line = 0 } of page.rows) yield { sha256: certificateSha256, line };
      after = page.next;
    } while (after !== undefined);
    return undefined;
  }
}

const NOTHING = new Uint8Array(0);

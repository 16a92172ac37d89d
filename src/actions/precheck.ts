import { SamicertsError } from "../base/errors.ts";
import { KEY_WORDS, KeyTable } from "../base/key-table.ts";
import type { ChunkRow } from "../ledger/batch.ts";
import type { IssuerId, Ledger } from "../ledger/ledger.ts";
import { nameTaken } from "./batch-check.ts";
import type { InTheWay, RequestJudged } from "./batch-order.ts";
import { type Refusal, refusal } from "./batch-reserve.ts";
import type { BatchRow } from "./batch-row.ts";
import type { LateMakers } from "./late-makers.ts";
import { ProvenRequests } from "./proven-requests.ts";

/** So many rows at least are looked at together, where there are as many. */
export const PRECHECK_ROWS = 512;

/** What rows are looked at with. */
export interface PrecheckOptions {
  readonly makers: LateMakers;
  readonly now: () => number;
  /** What the input is called in messages. */
  readonly inputName: string;
  readonly inTheWay?: InTheWay;
  /** The ledger, and the issuer in it; absent where the ledger does not know the issuer yet. */
  readonly taken?: { readonly ledger: Ledger; readonly issuer: IssuerId };
}

/**
 * Looks at rows as a batch does when their turn comes, but for what `RowCheck` has looked at: the requests that they bring,
 * which are read, proven and judged, and whether their serials, names and keys are taken. Nothing is reserved or signed.
 */
export class Precheck {
  /** The requests that were found good. */
  readonly proven: ProvenRequests = new ProvenRequests();
  private readonly options: PrecheckOptions;
  private readonly keys = new KeyTable();
  private last: Promise<unknown> = Promise.resolve();

  constructor(options: PrecheckOptions) {
    this.options = options;
  }

  /**
   * Gives those rows that would be refused, in their order; `total` is how many rows there are in all, as far as that is
   * known. The next rows' requests may be read before these are done with. Throws `io.*`, `token.*`.
   */
  check(rows: readonly BatchRow[], total: number | undefined): Promise<readonly Refusal[]> {
    const judging = this.judgeRequests(rows, total);
    // One after the other, for a key is its first row's.
    const checked = Promise.all([judging, this.last]).then(([judged]) => this.conclude(rows, judged));
    this.last = checked;
    // What fails is thrown to whoever waits for it.
    checked.catch(() => undefined);
    return checked;
  }

  private conclude(
    rows: readonly BatchRow[],
    judged: ReadonlyMap<number, RequestJudged>,
  ): readonly Refusal[] {
    const taken = this.findTaken(rows, judged);
    const refusals: Refusal[] = [];
    for (const [place, row] of rows.entries()) {
      const error =
        taken[place] ??
        this.options.inTheWay?.(row.serial.toString()) ??
        this.keyRepeated(row, judged.get(place));
      if (error !== undefined) refusals.push(refusal(row, error, this.options.inputName));
    }
    return refusals;
  }

  /** What came of the requests of those rows that bring one, by their places. */
  private async judgeRequests(
    rows: readonly BatchRow[],
    total: number | undefined,
  ): Promise<ReadonlyMap<number, RequestJudged>> {
    const { makers, now } = this.options;
    const places: number[] = [];
    const devices = rows.flatMap(({ serial, name, days, csr }, place) => {
      if (csr === undefined) return [];
      places.push(place);
      return [{ serial, name, ...(days === undefined ? {} : { days }), request: csr }];
    });
    if (devices.length === 0) return new Map();
    const judged = await makers.get(total).judgeRequests(devices, now());
    return new Map(places.map((place, index) => [place, judged[index] as RequestJudged]));
  }

  /** Why each row is refused whose request is, or whose serial, name or key somebody has. */
  private findTaken(
    rows: readonly BatchRow[],
    judged: ReadonlyMap<number, RequestJudged>,
  ): readonly (SamicertsError | undefined)[] {
    const errors = rows.map((_, place) => {
      const request = judged.get(place);
      return request !== undefined && "error" in request ? new SamicertsError(request.error) : undefined;
    });
    const { taken } = this.options;
    if (taken === undefined) return errors;
    const { ledger, issuer } = taken;
    const asked = rows.map(({ line, serial, name }, place): ChunkRow => {
      const request = judged.get(place);
      const row = { line, serial: serial.toString(), name };
      if (request === undefined || "error" in request) return row;
      return { ...row, spkiSha256: Buffer.from(request.spkiSha256, "hex") };
    });
    const names = ledger.findNames(
      issuer,
      asked.map(({ name }) => name),
    );
    const refused = ledger.findRefusals(issuer, asked);
    return asked.map(({ serial, name }, place) => {
      const named = names.get(name);
      const other = named === undefined || named === serial ? undefined : nameTaken(name, named);
      return errors[place] ?? other ?? refused[place];
    });
  }

  /** Takes a row's request as a good one; gives why it is none where an earlier row brings the same key. */
  private keyRepeated({ line }: BatchRow, request: RequestJudged | undefined): SamicertsError | undefined {
    if (request === undefined || "error" in request) return undefined;
    const key = Uint32Array.from({ length: KEY_WORDS }, (_, word) =>
      Number.parseInt(request.spkiSha256.slice(8 * word, 8 * word + 8), 16),
    );
    const earlier = this.keys.find(key);
    if (earlier === undefined) {
      this.keys.add(key, line);
      this.proven.add(line, request.sha256);
      return undefined;
    }
    return new SamicertsError({
      kind: "exists",
      code: "key.duplicate",
      message: `the public key is that of line ${earlier} already`,
      hint: "every device needs a key of its own; make a new one",
    });
  }
}

import { createHash } from "node:crypto";
import type { Batch } from "../ledger/batch.ts";
import type { IssuerId, Ledger } from "../ledger/ledger.ts";
import { policyDigest } from "../policy/digest.ts";
import { RowCheck } from "./batch-check.ts";
import type { BatchDeps, BatchEvent, BatchOrder, BatchResult } from "./batch-order.ts";
import type { DeviceEncoding, OutputClaim } from "./batch-output.ts";
import { type AskedBatch, outputOfAnother } from "./batch-refusals.ts";
import type { BatchInput } from "./batch-row.ts";
import { runBatch } from "./batch-run.ts";
import { doneRows } from "./done-rows.ts";
import { type DeviceApprover, prepareDeviceApprover } from "./issue-device.ts";
import { checkNewKey } from "./key-protection.ts";
import { LateMakers } from "./late-makers.ts";
import { lookThrough, tryOut } from "./look-through.ts";
import { openIssuer } from "./open-issuer.ts";
import { Precheck } from "./precheck.ts";
import { issuerEntry } from "./record.ts";
import { recordingRefusal } from "./refusal.ts";

/** What devices are written as in a dry run. */
const NOTHING_WRITTEN: DeviceEncoding = { kind: "stdout", sharded: false, name: "" };

/**
 * Makes the devices of a whole input, as `issueDevice` makes one, or goes on where an interrupted run of the same batch
 * was cut off; tells what happens on the way. The order for every chunk of rows: reserve, sign, write and flush, commit.
 * So whatever happens between two calls, every row has one certificate and one key that belongs to it at the end, no
 * serial is used twice, and ledger, files and manifest agree.
 * Throws `exists.busy`, `batch.busy`, `batch.too-many-errors`, `batch.all-refused`, `policy.refused`, `input.*`, `io.*`,
 * `ledger.locked`; what is committed by then stays, and the same call goes on.
 */
export async function* issueBatch(
  order: BatchOrder,
  deps: BatchDeps,
): AsyncGenerator<BatchEvent, BatchResult> {
  const approver = recordingRefusal(deps, { what: "batch" }, () => open(order, deps));
  const ledger = deps.ledger();
  const known = issuerOf(approver, ledger);
  const rowCheck = new RowCheck({ approver, deps });
  for (const end of order.ends ?? [])
    recordingRefusal(deps, { what: "batch", serial: end.serial.toString(), name: end.name }, () =>
      rowCheck.judge(end),
    );
  const input = await order.openInput(rowCheck.checkRow);
  // Before it is claimed: into a directory that is still to be made there is nothing in the way.
  const inTheWay = order.lookAtOutput?.();
  const precheckWith = (makers: LateMakers): Precheck =>
    new Precheck({
      makers,
      now: () => deps.clock.now(),
      inputName: input.name,
      ...(inTheWay === undefined ? {} : { inTheWay }),
      ...(known === undefined ? {} : { taken: { ledger, issuer: known } }),
    });
  if (order.dryRun === true) {
    const makers = new LateMakers((rows) => deps.startMakers(approver, rows, NOTHING_WRITTEN));
    rowCheck.all(false);
    try {
      return yield* tryOut(input, order, precheckWith(makers));
    } finally {
      await makers.close();
    }
  }
  const claim = order.claimOutput();
  const makers = new LateMakers((rows) => deps.startMakers(approver, rows, claim.encoding));
  try {
    const identity = identityOf(order, input, claim);
    const earlier = known === undefined ? undefined : findEarlier(ledger, known, identity, input);
    if (earlier === undefined) {
      if (known !== undefined) checkEnds(order, deps, known);
      // Before the ledger knows of a batch that nobody could go on with.
      checkFree(claim, ledger, { ...identity, issuer: known });
      order.openRejects?.(input, false);
    }
    const checked = order.ends === undefined && order.precheck && input.repeatable;
    let precheck: Precheck | undefined;
    if (earlier === "finished" || order.ends !== undefined) rowCheck.never();
    else if (checked && earlier === undefined) {
      precheck = precheckWith(makers);
      rowCheck.all(false);
      yield* lookThrough(input, order, precheck, rowCheck);
      rowCheck.again();
    } else if (checked) {
      // A batch that goes on was looked at when it began, and has taken serials and names itself since: it is only counted,
      // and each row is judged when it is read for its turn.
      rowCheck.never();
      for (const _ of input.check());
      rowCheck.all(true);
    } else if (earlier === undefined) {
      // Before the ledger knows of a batch that has nothing in it.
      await input.waitForRow();
    }
    const issuer = known ?? ledger.addIssuer(issuerEntry(approver.issuer.certificate, deps.clock.now()));
    const batch = openFree(ledger, { ...identity, issuer, atMs: deps.clock.now() }, input);
    const { finished } = batch;
    if (finished !== undefined) return already(batch, finished);
    const isDone = doneRows(ledger, batch);
    rowCheck.passOver(isDone);
    const opened = { order, deps, approver, input, claim, ledger, batch, makers, isDone };
    return yield* runBatch(precheck === undefined ? opened : { ...opened, proven: precheck.proven });
  } finally {
    await makers.close();
    claim.release();
  }
}

function open(order: BatchOrder, deps: BatchDeps): DeviceApprover {
  const { judge, line } = order;
  checkNewKey(judge.policy, "device", false);
  return prepareDeviceApprover(openIssuer(deps, judge, line), order);
}

/** Throws `serial.outside-line` where neither end of a range is one of the line's serials. */
function checkEnds({ ends = [] }: BatchOrder, deps: BatchDeps, issuer: IssuerId): void {
  const rows = ends.map(({ serial, name }, place) => ({ line: place + 1, serial: serial.toString(), name }));
  const refusals = deps.ledger().findRefusals(issuer, rows);
  const [first] = refusals;
  if (first === undefined || refusals.some((error) => error?.code !== "serial.outside-line")) return;
  recordingRefusal(deps, { what: "batch", ...rows[0] }, () => {
    throw first;
  });
}

/** Throws where a new batch can't have its output; where that is another's to finish, it says what is different. */
function checkFree(claim: OutputClaim, ledger: Ledger, asked: AskedBatch): void {
  try {
    claim.checkFree();
  } catch (error) {
    const other = ledger
      .batches()
      .find(({ output, finished }) => output === asked.output && finished === undefined);
    throw other === undefined ? error : outputOfAnother(other, asked);
  }
}

/** The issuer's number, where the ledger knows it. */
function issuerOf({ issuer }: DeviceApprover, ledger: Ledger): IssuerId | undefined {
  const { subject, spkiSha256 } = issuerEntry(issuer.certificate, 0);
  const digest = Buffer.from(spkiSha256);
  return ledger.issuers().find((one) => one.subject === subject && digest.equals(one.spkiSha256))?.id;
}

/** What makes two runs the same batch, but for the issuer. */
interface Identity {
  readonly inputDigest: string;
  readonly output: string;
  readonly policyDigest: string;
}

function identityOf({ settings, judge }: BatchOrder, { digest }: BatchInput, claim: OutputClaim): Identity {
  // Asked otherwise, it is another batch: it must not go on with what was begun in another way.
  const inputDigest =
    settings === "" ? digest : createHash("sha256").update(`${digest}\n${settings}`).digest("hex");
  return { inputDigest, output: claim.identity, policyDigest: policyDigest(judge.policy) };
}

function findEarlier(
  ledger: Ledger,
  issuer: IssuerId,
  identity: Identity,
  input: BatchInput,
): "begun" | "finished" | undefined {
  const same = ledger
    .batches()
    .filter(
      (one) =>
        one.issuer === issuer &&
        one.output === identity.output &&
        one.policyDigest === identity.policyDigest &&
        one.inputDigest.split(" ")[0] === identity.inputDigest,
    );
  // Of a stream there may be finished ones besides.
  if (same.some(({ finished }) => finished === undefined)) return "begun";
  return same.length > 0 && input.repeatable ? "finished" : undefined;
}

/** Opens the batch; of a stream, which nobody knows before its end, a finished one is followed by another. */
function openFree(
  ledger: Ledger,
  request: Identity & { readonly issuer: IssuerId; readonly atMs: number },
  input: BatchInput,
): Batch {
  for (let turn = 1; ; turn++) {
    const inputDigest = turn === 1 ? request.inputDigest : `${request.inputDigest} ${turn}`;
    const batch = ledger.openBatch({ ...request, inputDigest });
    if (batch.finished === undefined || input.repeatable) return batch;
  }
}

function already(batch: Batch, finished: NonNullable<Batch["finished"]>): BatchResult {
  const { issued, refused } = batch.progress;
  return {
    state: "already",
    batch: batch.id,
    resumed: true,
    issued,
    issuedNow: 0,
    refused,
    finishedMs: finished.atMs,
    ...(JSON.parse(finished.summary) as Pick<BatchResult, "output" | "manifest">),
  };
}

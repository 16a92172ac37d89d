import type { EventEnd, EventRow, RecordFault } from "./event.ts";
import { CHAIN_START, chainHash } from "./event-chain.ts";

/** Follows the record's chain line by line, and tells where it does not hold. */
export class RecordChain {
  private readonly head: Uint8Array | undefined;
  private headFound = false;
  private lastId = 0;
  private hash: Uint8Array = CHAIN_START;
  /** Whether a line with a hash was seen: from then on all have one. */
  private isChained = false;
  /** What the line before this one must have been, is not known any more. */
  private isBroken = false;

  /** `head` is the hash of a line that was the newest once. */
  constructor(head: Uint8Array | undefined) {
    this.head = head;
  }

  /** Goes on to the next line. */
  *follow(row: EventRow): Generator<RecordFault> {
    const { id, hash, ...event } = row;
    if (id !== this.lastId + 1) {
      yield removed(this.lastId + 1, id - 1, id);
      this.isBroken = true;
    }
    const wanted = chainHash(this.hash, id, event);
    if (hash === undefined) {
      if (this.isChained)
        yield {
          rule: "audit.unchained",
          event: id,
          message: `line ${id} has no hash, though earlier ones have`,
        };
    } else if (!this.isBroken && !same(hash, wanted))
      yield {
        rule: "audit.altered",
        event: id,
        message: `line ${id} does not have the hash that it and the line before it come to: one of them was altered`,
      };
    this.isChained ||= hash !== undefined;
    // Where a line has a hash, the next one is judged by that: each fault is told once.
    this.isBroken &&= hash === undefined;
    this.hash = hash ?? wanted;
    if (this.head !== undefined && same(this.hash, this.head)) this.headFound = true;
    this.lastId = id;
  }

  /** What is to be said once all lines were read. */
  *end({ written }: EventEnd): Generator<RecordFault> {
    if (written > this.lastId)
      yield {
        rule: "audit.cut-off",
        message: `the record was cut off: it had ${written} lines, and ends with line ${this.lastId}`,
      };
    if (this.head !== undefined && !this.headFound)
      yield {
        rule: "audit.head-unknown",
        message: `no line has the hash ${Buffer.from(this.head).toString("hex")}: what it stood for is gone or altered`,
      };
  }
}

function removed(from: number, to: number, event: number): RecordFault {
  const lines = from === to ? `line ${from} is` : `lines ${from} to ${to} are`;
  return { rule: "audit.removed", event, message: `${lines} missing` };
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

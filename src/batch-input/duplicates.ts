import { hash } from "node:crypto";

/** What a row has that an earlier one of the same input has. */
export interface Duplicate {
  readonly what: "serial" | "name";
  /** The earlier row's line. */
  readonly line: number;
}

/** Finds rows that are not the first with their serial or name. */
export interface DuplicateCheck {
  /** Tells of the earlier row, or takes this one as the first of its kind. Rows come in the order of their lines. */
  check(serial: bigint, name: string, line: number): Duplicate | undefined;
}

/** Octets of a key, in words of 32 bits. */
const KEY_WORDS = 4;
const ENTRY_WORDS = KEY_WORDS + 1;
const BLOCK_ENTRIES = 1 << 15;
const FIRST_SLOTS = 1 << 12;
/** 2^32 divided by the golden ratio: spreads consecutive numbers over the slots. */
const SPREAD = 0x9e3779b1;

/**
 * Remembers serials and names in about 60 octets a row, so that a million rows take some 60 MB however long their names are.
 *
 * A serial below 2^53 is kept as it is. Everything else is kept as the first 128 bits of its SHA-256: that two different
 * names ever agree in those is as good as impossible (one chance in 10^26 for a million rows), even for somebody who
 * tries, and what would follow is a row refused, never one let through. So no text need be kept or read again.
 */
export function createDuplicateCheck(): DuplicateCheck {
  const serials = new KeyTable();
  const names = new KeyTable();
  const key = new Uint32Array(KEY_WORDS);
  const nameKey = new Uint32Array(KEY_WORDS);
  return {
    check(serial, name, line) {
      serialKey(serial, key);
      const sameSerial = serials.find(key);
      if (sameSerial !== undefined) return { what: "serial", line: sameSerial };
      digestKey(name, nameKey);
      const sameName = names.find(nameKey);
      if (sameName !== undefined) return { what: "name", line: sameName };
      serials.add(key, line);
      names.add(nameKey, line);
      return undefined;
    },
  };
}

function serialKey(serial: bigint, key: Uint32Array): void {
  if (serial > BigInt(Number.MAX_SAFE_INTEGER)) {
    digestKey(serial.toString(), key);
    return;
  }
  const value = Number(serial);
  key[0] = value >>> 0;
  key[1] = Math.floor(value / 2 ** 32);
  key[2] = 0;
  key[3] = 0;
}

function digestKey(text: string, key: Uint32Array): void {
  const digest = hash("sha256", text, "binary");
  for (let word = 0; word < KEY_WORDS; word++) {
    const at = 4 * word;
    key[word] =
      digest.charCodeAt(at) |
      (digest.charCodeAt(at + 1) << 8) |
      (digest.charCodeAt(at + 2) << 16) |
      (digest.charCodeAt(at + 3) << 24);
  }
}

/** A hash table of keys, each with a line: entries in blocks that never move, and slots that lead to them. */
class KeyTable {
  private readonly blocks: Uint32Array[] = [];
  private count = 0;
  /** The number of an entry, from 1; 0 where a slot is free. */
  private slots: Uint32Array = new Uint32Array(FIRST_SLOTS);

  find(key: Uint32Array): number | undefined {
    const mask = this.slots.length - 1;
    for (let slot = firstSlot(key, 0, mask); ; slot = (slot + 1) & mask) {
      const entry = this.slots[slot] as number;
      if (entry === 0) return undefined;
      const block = this.blockOf(entry);
      const at = placeOf(entry);
      if (
        block[at] === key[0] &&
        block[at + 1] === key[1] &&
        block[at + 2] === key[2] &&
        block[at + 3] === key[3]
      )
        return block[at + KEY_WORDS];
    }
  }

  add(key: Uint32Array, line: number): void {
    if (this.count * 4 >= this.slots.length * 3) this.grow();
    if (this.count % BLOCK_ENTRIES === 0) this.blocks.push(new Uint32Array(BLOCK_ENTRIES * ENTRY_WORDS));
    const entry = ++this.count;
    const block = this.blockOf(entry);
    block.set(key, placeOf(entry));
    block[placeOf(entry) + KEY_WORDS] = line;
    this.put(entry, block);
  }

  private put(entry: number, block: Uint32Array): void {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = firstSlot(block, placeOf(entry), mask);
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = entry;
  }

  private grow(): void {
    this.slots = new Uint32Array(this.slots.length * 2);
    for (let entry = 1; entry <= this.count; entry++) this.put(entry, this.blockOf(entry));
  }

  private blockOf(entry: number): Uint32Array {
    return this.blocks[Math.floor((entry - 1) / BLOCK_ENTRIES)] as Uint32Array;
  }
}

function placeOf(entry: number): number {
  return ((entry - 1) % BLOCK_ENTRIES) * ENTRY_WORDS;
}

function firstSlot(words: Uint32Array, at: number, mask: number): number {
  const mixed = Math.imul((words[at] as number) ^ Math.imul(words[at + 1] as number, SPREAD), SPREAD);
  return (mixed ^ (mixed >>> 15)) & mask;
}

/** Duplicates found in one walk through an input, told again in the next: so that the next need not remember the rows. */
export class FoundDuplicates {
  private words: Uint32Array = new Uint32Array(3 * 64);
  private length = 0;

  /** Wraps `check` so that what it finds is kept. */
  record(check: DuplicateCheck): DuplicateCheck {
    return {
      check: (serial, name, line) => {
        const found = check.check(serial, name, line);
        if (found !== undefined) this.keep(line, found);
        return found;
      },
    };
  }

  /** A check that tells the same again. */
  replay(): DuplicateCheck {
    let at = 0;
    return {
      check: (_serial, _name, line) => {
        while (at < this.length && (this.words[at] as number) < line) at += 3;
        if (at >= this.length || this.words[at] !== line) return undefined;
        return {
          what: this.words[at + 1] === 0 ? "serial" : "name",
          line: this.words[at + 2] as number,
        };
      },
    };
  }

  private keep(line: number, { what, line: first }: Duplicate): void {
    if (this.length === this.words.length) {
      const larger = new Uint32Array(this.words.length * 2);
      larger.set(this.words);
      this.words = larger;
    }
    this.words.set([line, what === "serial" ? 0 : 1, first], this.length);
    this.length += 3;
  }
}

import { hash } from "node:crypto";
import { KEY_WORDS, KeyTable } from "../base/key-table.ts";

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

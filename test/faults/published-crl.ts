import { existsSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import { memorySource } from "../../src/x509/byte-source.ts";
import { decodeCrl } from "../../src/x509/crl.ts";
import { readPem } from "../../src/x509/pem.ts";
import { serialValue } from "../../src/x509/serial.ts";
import type { Place } from "../stories/command.ts";

/** A CRL as whoever fetches it at this moment finds it. */
export interface SeenCrl {
  readonly number: number;
  /** In decimal digits. */
  readonly serials: ReadonlySet<string>;
}

/** The CRL in a file, which must be whole at any moment; undefined where there is none yet. */
function seeCrl(path: string): SeenCrl | undefined {
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  const [der = bytes] = bytes[0] === 0x30 ? [] : readPem(bytes, path).map((block) => block.der);
  const serials = new Set<string>();
  const crl = decodeCrl(
    memorySource(der),
    path,
    ({ serial }) => void serials.add(serialValue(serial).toString()),
  );
  return { number: Number(crl.known.number), serials };
}

/** Watches both files of a root's CRL over time. */
export class CrlWatch {
  private readonly place: Place;
  private readonly seen = new Map<string, SeenCrl>();
  /** Revoked, as somebody was told. */
  readonly promised: Set<string> = new Set();

  constructor(place: Place) {
    this.place = place;
  }

  /** The highest number that was ever seen. */
  get newest(): number {
    return Math.max(0, ...Array.from(this.seen.values(), ({ number }) => number));
  }

  /** Looks at the files: each is whole, of no lower number than before, and has lost nobody. */
  look(): void {
    for (const name of ["root.crl", "root.crl.der"]) {
      const now = seeCrl(this.place.at(name));
      const before = this.seen.get(name);
      if (now === undefined) {
        expect(before, `${name} is gone`).toBeUndefined();
        continue;
      }
      if (before !== undefined) {
        expect(now.number).toBeGreaterThanOrEqual(before.number);
        expect([...before.serials].filter((serial) => !now.serials.has(serial))).toEqual([]);
        if (now.number === before.number) expect(now.serials.size).toBe(before.serials.size);
      }
      this.seen.set(name, now);
    }
  }

  /** Looks at what was published to its end: both files are the same, of a number above all before, with all promised. */
  published(): void {
    const before = this.newest;
    this.look();
    const [pem, der] = ["root.crl", "root.crl.der"].map((name) => this.seen.get(name));
    expect(pem).toBeDefined();
    expect(pem).toEqual(der);
    expect(pem?.number).toBeGreaterThan(before);
    expect([...this.promised].filter((serial) => pem?.serials.has(serial) !== true)).toEqual([]);
  }
}

import { describe, expect, it } from "vitest";
import { createDuplicateCheck, FoundDuplicates } from "../../../src/batch-input/duplicates.ts";

describe("finding duplicates", () => {
  it("knows every serial and name again, near ones apart, through all growth", () => {
    const check = createDuplicateCheck();
    // Serials of every size: words, beyond 2^32, beyond 2^53, of 20 octets.
    const serialOf = (n: number): bigint => BigInt(n) + [0n, 2n ** 32n, 2n ** 53n, 2n ** 150n][n % 4]!;
    const rows = 100_000;
    let found = 0;
    for (let n = 0; n < rows; n++) if (check.check(serialOf(n) + 1n, `d${n}`, n + 2) !== undefined) found++;
    expect(found).toBe(0);
    for (let n = 0; n < rows; n += 7) {
      expect(check.check(serialOf(n) + 1n, "new", 0)).toEqual({ what: "serial", line: n + 2 });
      expect(check.check(2n ** 158n + BigInt(n), `d${n}`, 0)).toEqual({ what: "name", line: n + 2 });
    }
  });

  it("tells in the next walk what was found in the first", () => {
    const found = new FoundDuplicates();
    const recording = found.record(createDuplicateCheck());
    const rows = Array.from({ length: 1000 }, (_, n) => [BigInt(n % 300), `d${n % 500}`, n + 2] as const);
    const first = rows.map(([serial, name, line]) => recording.check(serial, name, line));
    expect(first.filter((each) => each !== undefined).length).toBe(700);
    for (let round = 0; round < 2; round++) {
      const replay = found.replay();
      expect(rows.map(([serial, name, line]) => replay.check(serial, name, line))).toEqual(first);
    }
    // A walk that leaves rows out, for another reason, is told the same of the others.
    const replay = found.replay();
    const some = rows.filter((_, n) => n % 3 !== 0);
    expect(some.map(([serial, name, line]) => replay.check(serial, name, line))).toEqual(
      first.filter((_, n) => n % 3 !== 0),
    );
  });
});

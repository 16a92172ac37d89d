import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { freeSerial } from "../../../src/actions/free-serial.ts";
import { memoryLedger } from "../../../src/ledger/memory.ts";
import { issuerOf } from "../ledger/contract.ts";

const RANDOM = { bytes: (count: number): Uint8Array => randomBytes(count) };

describe("a free serial", () => {
  it("is as long as the policy asks where any will do", () => {
    const ledger = memoryLedger().open();
    const issuer = ledger.addIssuer(issuerOf("root"));
    expect(freeSerial(undefined, 16, issuer, ledger, RANDOM).toString(16)).toHaveLength(32);
  });

  it("is one of the line's that was not used, down to the last", () => {
    const ledger = memoryLedger().open();
    const issuer = ledger.addIssuer(issuerOf("line"));
    const range = { from: "995", to: "3004" };
    const used = new Set<string>();
    for (let count = 0; count < 2010; count++) {
      const serial = freeSerial(range, 16, issuer, ledger, RANDOM).toString();
      expect(used.has(serial)).toBe(false);
      expect(Number(serial) >= 995 && Number(serial) <= 3004).toBe(true);
      used.add(serial);
      ledger.reserve({ issuer, serial, name: "n", atMs: 0 });
    }
    expect(() => freeSerial(range, 16, issuer, ledger, RANDOM)).toThrow(
      "all serials from 995 to 3004 are used",
    );
  });
});

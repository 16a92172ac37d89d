import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { columnsOf } from "../../../src/actions/join-columns.ts";
import type { EventRow } from "../../../src/ledger/event.ts";
import type { IssuerId, Ledger } from "../../../src/ledger/ledger.ts";
import { certificateOf, issuerOf, type Store } from "./contract.ts";

/** What any store must do of its record. */
export function describeEvents(title: string, make: () => Store): void {
  describe(`${title}: the record`, () => {
    let store: Store;
    let ledger: Ledger;
    let root: IssuerId;
    beforeEach(() => {
      store = make();
      ledger = store.open();
      root = ledger.addIssuer(issuerOf("root"));
    });
    afterEach(() => {
      ledger.close();
      store.remove();
    });

    it("tells what was done, in its order", () => {
      const certificate = certificateOf("1");
      ledger.commit(ledger.reserve({ issuer: root, serial: "1", name: "n", atMs: 1 }), certificate);
      ledger.release(ledger.reserve({ issuer: root, serial: "2", name: "n", atMs: 1 }));
      ledger.note({ kind: "refused", atMs: 9, detail: "why" });
      const rows = ledger.events(0, 100);
      expect(rows).toMatchObject([
        { id: 1, kind: "issuer-added", issuer: root, detail: "CN=root" },
        { id: 2, kind: "issued", atMs: certificate.atMs, issuer: root, serial: "1" },
        { id: 3, kind: "refused", atMs: 9, detail: "why" },
      ]);
      expect(rows[1]?.digest).toEqual(certificate.certificateSha256);
      expect(ledger.events(1, 1)).toEqual([rows[1]]);
      expect(ledger.eventEnd()).toEqual({ last: rows[2], written: 3 });
    });

    it("chains each line to the one before, as docs/audit.md says", () => {
      ledger.note({ kind: "repaired", atMs: 5, serial: "7", detail: 'a "quoted" word, ü \u{1f600} \u2028' });
      let previous: Uint8Array = new Uint8Array(32);
      for (const { id, atMs, kind, issuer, serial, batch, digest, detail, hash } of ledger.events(0, 9)) {
        const hex = digest === undefined ? null : Buffer.from(digest).toString("hex");
        const line = [id, atMs, kind, issuer ?? null, serial ?? null, batch ?? null, hex, detail ?? null];
        const whole = Buffer.concat([previous, Buffer.from(JSON.stringify(line))]);
        previous = createHash("sha256").update(whole).digest();
        expect(Buffer.from(hash ?? []).toString("hex")).toBe(Buffer.from(previous).toString("hex"));
      }
      expect(ledger.eventEnd().last?.serial).toBe("7");
    });

    it("is the same again whatever a detail is made of", () => {
      for (const detail of ["a\0b", "\ud800x", "x\udc00", "line\nbreak", "", "é".repeat(5000)])
        ledger.note({ kind: "refused", atMs: 1, detail });
      const [last] = ledger.events(ledger.eventEnd().written - 1, 1) as [EventRow];
      expect(last.detail?.length).toBe(2003);
      const other = store.open();
      expect(other.events(0, 100)).toEqual(ledger.events(0, 100));
      other.close();
    });

    it("counts what was issued, by batch and outside of any", () => {
      expect(ledger.countIssued()).toEqual(new Map());
      ledger.commit(ledger.reserve({ issuer: root, serial: "1", name: "n", atMs: 1 }), certificateOf("1"));
      const identity = { issuer: root, inputDigest: "i", output: "/o", policyDigest: "p", atMs: 7 };
      const batch = ledger.openBatch(identity);
      ledger.reserveChunk(
        batch,
        ["2", "3", "4"].map((serial, index) => ({ serial, line: index + 1, name: "n" })),
        8,
      );
      const issued = columnsOf(["2", "3"].map((serial) => ({ ...certificateOf(serial), serial })));
      ledger.commitChunk(batch, { issued, lastLine: 2, outputLength: 0, refused: 2, atMs: 9 });
      expect(ledger.countIssued()).toEqual(
        new Map<number | undefined, number>([
          [undefined, 1],
          [batch.id, 2],
        ]),
      );
      expect(ledger.events(0, 100).slice(-2)).toMatchObject([
        { kind: "chunk-issued", batch: batch.id, detail: "2 certificates, up to line 2" },
        { kind: "rows-refused", batch: batch.id, detail: "2 rows refused, up to line 2" },
      ]);
    });
  });
}

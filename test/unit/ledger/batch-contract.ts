import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { columnsOf } from "../../../src/actions/join-columns.ts";
import type { Batch, ChunkRow } from "../../../src/ledger/batch.ts";
import type { ChunkCertificate } from "../../../src/ledger/issued-columns.ts";
import type { IssuerId, Ledger } from "../../../src/ledger/ledger.ts";
import { caught, certificateOf, issuerOf, type Store, sha256 } from "./contract.ts";

const AT = Date.UTC(2026, 0, 2);

/** What any store must do with batches; `make` gives an empty one. */
export function describeBatches(title: string, make: () => Store): void {
  describe(`${title}: batches`, () => {
    let store: Store;
    let ledger: Ledger;
    let issuer: IssuerId;
    beforeEach(() => {
      store = make();
      ledger = store.open();
      issuer = ledger.addIssuer(issuerOf("root"));
    });
    afterEach(() => {
      ledger.close();
      store.remove();
    });

    const identity = (input = "in", output = "/out.tar") => ({
      ...{ issuer, inputDigest: input, output, policyDigest: "policy", atMs: AT },
    });
    const row = (line: number): ChunkRow => ({ line, serial: String(1000 + line), name: `device ${line}` });
    const rows = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => row(from + i));
    const issued = (line: number): ChunkCertificate => ({
      ...certificateOf(`device ${line}`),
      serial: String(1000 + line),
    });
    const commit = (from: number, to: number) => ({
      issued: columnsOf(Array.from({ length: to - from + 1 }, (_, i) => issued(from + i))),
      lastLine: to,
      outputLength: to * 100,
      atMs: AT + to,
    });
    const outcomes = (from: Ledger, batch: Batch, asked: readonly ChunkRow[]) =>
      from
        .reserveChunk(batch, asked, AT)
        .map((each) =>
          each.outcome === "reserved" && each.takenOver
            ? "taken over"
            : each.outcome === "refused"
              ? each.error.code
              : each.outcome,
        );

    it("go from their first chunk to their summary", () => {
      const batch = ledger.openBatch(identity());
      const nothing = { issued: 0, refused: 0, lastLine: 0, outputLength: 0, manifestLength: 0 };
      expect(batch).toEqual({
        ...{ id: 1, issuer, inputDigest: "in", output: "/out.tar", policyDigest: "policy" },
        ...{ resumed: false, begunMs: AT, progress: nothing },
      });
      expect(outcomes(ledger, batch, rows(1, 3))).toEqual(["reserved", "reserved", "reserved"]);
      expect(ledger.find(issuer, "1002")).toEqual({
        ...{ issuer, serial: "1002", name: "device 2", state: "reserved", abandoned: false },
        ...{ reservedMs: AT, batch: 1, line: 2 },
      });
      const next = ledger.turnChunk(
        batch,
        { ...commit(1, 3), refused: 2, manifestLength: 7 },
        rows(4, 5),
        AT,
      );
      expect(next).toEqual([
        { outcome: "reserved", takenOver: false },
        { outcome: "reserved", takenOver: false },
      ]);
      const { serial, ...certificate } = issued(2);
      expect(ledger.find(issuer, serial)).toMatchObject({ state: "issued", batch: 1, line: 2, certificate });
      ledger.commitChunk(batch, commit(4, 5));
      const done = { issued: 5, refused: 2, lastLine: 5, outputLength: 500, manifestLength: 7 };
      expect(ledger.batchProgress(batch.id)).toEqual(done);
      ledger.finishBatch(batch, "five", AT + 9);
      expect(ledger.batches()).toMatchObject([
        { id: 1, progress: done, finished: { atMs: AT + 9, summary: "five" }, abandoned: false },
      ]);
      expect(ledger.openBatch(identity())).toMatchObject({
        ...{ id: 1, resumed: true, progress: done, finished: { atMs: AT + 9, summary: "five" } },
      });
      expect(ledger.events(0, 100).map(({ id, kind, batch: of }) => [id, kind, of])).toEqual([
        [1, "issuer-added", undefined],
        [2, "batch-begun", 1],
        [3, "chunk-issued", 1],
        [4, "rows-refused", 1],
        [5, "chunk-issued", 1],
        [6, "batch-finished", 1],
      ]);
      expect(caught(() => ledger.commitChunk(batch, commit(6, 6))).code).toBe("batch.lost");
      expect(caught(() => ledger.reserveChunk(batch, [], AT)).code).toBe("batch.lost");
    });

    it("keep what is each certificate's own, whatever the others of its chunk are", () => {
      const batch = ledger.openBatch(identity());
      ledger.reserveChunk(
        batch,
        [...rows(1, 4), { ...row(5), serial: "9".repeat(49), line: 4_000_000_000 }],
        AT,
      );
      const certificates = [1, 2, 3, 4].map((line) => ({
        ...issued(line),
        der: new Uint8Array(400 + 7 * line).fill(line),
        notBeforeMs: AT - (line % 2) * 1000,
        notAfterMs: AT + line * 1000 - (line % 3) * 1000,
      }));
      const all = [...certificates, { ...issued(5), serial: "9".repeat(49) }];
      ledger.commitChunk(batch, { ...commit(1, 5), issued: columnsOf(all) });
      for (const { serial, ...certificate } of all)
        expect(ledger.find(issuer, serial)).toMatchObject({ state: "issued", certificate });
      expect(ledger.find(issuer, "9".repeat(49))).toMatchObject({ line: 4_000_000_000 });
    });

    it("tell of each row that can't have its serial or its key, and reserve the others", () => {
      const other = store.open();
      other.commit(other.reserve({ ...row(1), issuer, atMs: AT }), certificateOf("1"));
      other.reserve({ ...row(2), issuer, atMs: AT });
      other.abandon(other.reserve({ ...row(3), issuer, atMs: AT }));
      const theirs = other.openBatch(identity("other", "/other"));
      other.reserveChunk(theirs, [row(4)], AT);
      const batch = ledger.openBatch(identity());
      const asked = [...rows(1, 5), { ...row(5), line: 6 }, row(7)];
      const withKey = { ...row(8), spkiSha256: sha256("a request's key") };
      const all = [
        ...asked,
        { ...row(9), spkiSha256: sha256("key of 1") },
        withKey,
        { ...row(10), spkiSha256: withKey.spkiSha256 },
      ];
      const foreseen = ledger.findRefusals(issuer, all);
      const results = ledger.reserveChunk(batch, all, AT);
      // What one row has from another of the same chunk nobody can know beforehand.
      expect(foreseen.map((error) => error?.message)).toEqual(
        results.map((each, place) =>
          each.outcome === "refused" && ![5, 9].includes(place) ? each.error.message : undefined,
        ),
      );
      expect(ledger.findRefusals(issuer, [])).toEqual([]);
      const said = results.map((each) => (each.outcome === "refused" ? each.error.message : each.outcome));
      expect(said[0]).toContain('was issued already, to "device 1"');
      expect(said[1]).toContain("is being issued");
      expect(said[2]).toContain("by a run that was cut off");
      expect(said[3]).toContain("is being issued");
      expect(said[4]).toBe("reserved");
      expect(said[5]).toContain("is in line 5 of the same input already");
      expect(said[6]).toBe("reserved");
      expect(said[7]).toContain('belongs to serial 1001 (0x3e9), "device 1" already');
      expect(said[8]).toBe("reserved");
      expect(said[9]).toContain("belongs to serial 1008");
      const [own, brought] = ledger.list({ serialFrom: "1007", serialTo: "1008" }, { limit: 2 }).rows;
      expect(own?.keyElsewhere).toBeUndefined();
      expect(brought?.keyElsewhere).toBe(true);
      other.close();
      const late = outcomes(ledger, batch, [row(4)]);
      expect(late).toEqual(["serial.duplicate"]);
      expect(ledger.find(issuer, "1004")).toMatchObject({ abandoned: true, batch: 2 - 1 });
      // Its batch alone knows what may have been signed.
      const single = caught(() => ledger.takeOver({ ...row(4), issuer, atMs: AT }));
      expect(single.message).toContain("by batch 1, which was cut off");
    });

    it("are continued by the same command, where they stopped", () => {
      const cutOff = store.open();
      const begun = cutOff.openBatch(identity());
      cutOff.reserveChunk(begun, rows(1, 4), AT);
      cutOff.turnChunk(begun, commit(1, 2), rows(5, 6), AT);
      expect(caught(() => ledger.openBatch(identity()))).toMatchObject({
        kind: "exists",
        code: "batch.busy",
      });
      expect(caught(() => ledger.openBatch(identity("another")))).toMatchObject({ code: "batch.busy" });
      cutOff.close();
      expect(ledger.batches()).toMatchObject([{ id: 1, abandoned: true }]);
      const batch = ledger.openBatch(identity());
      expect(batch).toMatchObject({
        id: 1,
        resumed: true,
        progress: { issued: 2, lastLine: 2, outputLength: 200 },
      });
      expect(outcomes(ledger, batch, rows(1, 7))).toEqual([
        ...["issued", "issued", "taken over", "taken over", "taken over", "taken over", "reserved"],
      ]);
      ledger.commitChunk(batch, commit(3, 7));
      ledger.leaveBatch(batch);
      expect(ledger.batches()).toMatchObject([{ abandoned: true, progress: { issued: 7 } }]);
      ledger.finishBatch(ledger.openBatch(identity()), "done", AT);
    });

    it("end where a line is for another device, or another key, than it was when it was reserved", () => {
      const cutOff = store.open();
      const begun = cutOff.openBatch(identity());
      const withKey = (line: number, key: string) => ({ ...row(line), spkiSha256: sha256(key) });
      cutOff.reserveChunk(begun, [...rows(1, 2), withKey(3, "key of device 3")], AT);
      cutOff.commitChunk(begun, commit(1, 1));
      cutOff.close();
      const batch = ledger.openBatch(identity());
      for (const [asked, words] of [
        [{ ...row(1), name: "other" }, 'was for "device 1", and now it is for "other"'],
        [{ ...row(2), name: "other" }, 'was for "device 2", and now it is for "other"'],
        [withKey(1, "some key"), ", with another key"],
        [withKey(2, "some key"), ", with another key"],
        [row(3), ", with another key"],
      ] as const) {
        const error = caught(() => ledger.reserveChunk(batch, [asked], AT));
        expect(error).toMatchObject({ kind: "input", code: "input.changed" });
        expect(error.message).toContain(words);
      }
      const [other] = ledger.reserveChunk(batch, [withKey(3, "some key")], AT);
      expect(other).toMatchObject({
        outcome: "refused",
        error: { kind: "exists", code: "serial.duplicate" },
      });
      const same = [...rows(1, 2), withKey(3, "key of device 3")];
      expect(outcomes(ledger, batch, same)).toEqual(["issued", "taken over", "taken over"]);
    });

    it("tell what a batch has of its input's lines", () => {
      const batch = ledger.openBatch(identity());
      const other = ledger.openBatch(identity("other", "/other"));
      ledger.reserveChunk(other, [row(9)], AT);
      ledger.reserveChunk(
        batch,
        [{ ...row(1), line: 7 }, row(2), row(3), { ...row(4), line: 4_000_000_000 }],
        AT,
      );
      ledger.commitChunk(batch, commit(2, 2));
      const linesOf = (from: number, to: number) =>
        ledger.batchLines(batch.id, from, to).map(({ line, serial, name }) => [line, serial, name]);
      expect(linesOf(1, Number.MAX_SAFE_INTEGER)).toEqual([
        [2, row(2).serial, "device 2"],
        [3, row(3).serial, "device 3"],
        [7, row(1).serial, "device 1"],
        [4_000_000_000, row(4).serial, "device 4"],
      ]);
      expect(linesOf(3, 7).map(([line]) => line)).toEqual([3, 7]);
      expect(linesOf(8, 9)).toEqual([]);
    });

    it("commit a chunk whole or not at all", () => {
      const batch = ledger.openBatch(identity());
      ledger.reserveChunk(batch, rows(1, 3), AT);
      ledger.commit(ledger.reserve({ issuer, serial: "9", name: "n", atMs: AT }), certificateOf("9"));
      const sameKey = { ...issued(2), spkiSha256: sha256("key of 9") };
      const clash = caught(() =>
        ledger.commitChunk(batch, { ...commit(1, 3), issued: columnsOf([issued(1), sameKey, issued(3)]) }),
      );
      expect(clash).toMatchObject({ kind: "exists", code: "key.duplicate" });
      expect(clash.message).toContain("serial 9 (0x9)");
      expect(caught(() => ledger.commitChunk(batch, commit(1, 4))).code).toBe("ledger.reservation-lost");
      for (const serial of ["1001", "1002", "1003"])
        expect(ledger.find(issuer, serial)?.state).toBe("reserved");
      expect(ledger.batchProgress(batch.id).issued).toBe(0);
    });

    it("give back what was reserved in vain", () => {
      const batch = ledger.openBatch(identity());
      ledger.reserveChunk(batch, rows(1, 3), AT);
      const chunk = { ...commit(1, 1), released: ["1002", "1003"], refused: 2, lastLine: 3 };
      ledger.commitChunk(batch, chunk);
      expect(ledger.find(issuer, "1002")).toBeUndefined();
      ledger.reserve({ issuer, serial: "1003", name: "another", atMs: AT });
      expect(ledger.batchProgress(batch.id)).toMatchObject({ issued: 1, refused: 2, lastLine: 3 });
    });

    it("are kept from those whose they are not", () => {
      const other = store.open();
      const batch = ledger.openBatch(identity());
      ledger.reserveChunk(batch, rows(1, 1), AT);
      for (const action of [
        () => other.commitChunk(batch, commit(1, 1)),
        () => other.reserveChunk(batch, rows(2, 2), AT),
        () => other.finishBatch(batch, "", AT),
        () => other.leaveBatch(batch),
      ])
        expect(caught(action)).toMatchObject({ kind: "io", code: "batch.lost" });
      expect(other.openBatch(identity("in", "/elsewhere")).id).toBe(2);
      other.close();
    });

    it("take no name or serial that a store could not give back", () => {
      const batch = ledger.openBatch(identity());
      expect(() => ledger.reserveChunk(batch, [{ ...row(1), name: "a\0b" }], AT)).toThrow(RangeError);
      expect(() => ledger.reserveChunk(batch, [{ ...row(1), serial: "01" }], AT)).toThrow(RangeError);
      expect(ledger.list({}, { limit: 9 }).rows).toEqual([]);
    });
  });
}

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RecordFault } from "../../../src/ledger/event.ts";
import type { IssuerId, Ledger } from "../../../src/ledger/ledger.ts";
import type { RevocationRequest } from "../../../src/ledger/revocation.ts";
import { caught, certificateOf, issuerOf, type Store, sha256 } from "./contract.ts";

const AT = Date.UTC(2025, 0, 2);
const THEN = Date.UTC(2025, 0, 1, 12);

function faults(ledger: Ledger): readonly RecordFault[] {
  return [...ledger.checkRecord()];
}

/** What any store must do of what was revoked, and of CRLs. */
export function describeRevocations(title: string, make: () => Store): void {
  describe(`${title}: revocations`, () => {
    let store: Store;
    let ledger: Ledger;
    let root: IssuerId;
    beforeEach(() => {
      store = make();
      ledger = store.open();
      root = ledger.addIssuer(issuerOf("root"));
      for (const serial of ["1", "2", "3"]) issue(serial);
    });
    afterEach(() => {
      expect(faults(ledger)).toEqual([]);
      ledger.close();
      store.remove();
    });

    function issue(serial: string, notAfterMs = AT + 1000, issuer = root): void {
      const reservation = ledger.reserve({ issuer, serial, name: `device ${serial}`, atMs: 1 });
      ledger.commit(reservation, { ...certificateOf(`${issuer} ${serial}`), notAfterMs });
    }
    const request = (serial: string, more: Partial<RevocationRequest> = {}): RevocationRequest => ({
      issuer: root,
      serial,
      reason: "keyCompromise",
      revokedMs: THEN,
      ...more,
    });
    const revoke = (serial: string, more: Partial<RevocationRequest> = {}) =>
      ledger.revocations.revoke([request(serial, more)], AT)[0];
    const codeOf = (outcome: ReturnType<typeof revoke>): string =>
      outcome?.outcome === "refused" ? `${outcome.error.kind} ${outcome.error.code}` : "revoked";

    it("says whether a certificate stands: this very one, issued, neither revoked nor on hold", () => {
      const digest = (serial: string, issuer = root) =>
        certificateOf(`${issuer} ${serial}`).certificateSha256;
      const reader = store.open();
      const stands = (serial: string, issuer = root, of = digest(serial, issuer)) =>
        reader.stands(issuer, serial, of);
      expect(["1", "2", "3"].map((serial) => stands(serial))).toEqual([true, true, true]);
      expect(stands("1", root, digest("2"))).toBe(false);
      expect(stands("4")).toBe(false);
      ledger.reserve({ issuer: root, serial: "4", name: "device 4", atMs: 1 });
      expect(stands("4")).toBe(false);
      const other = ledger.addIssuer(issuerOf("other"));
      expect(stands("1", other, digest("1"))).toBe(false);
      revoke("1");
      revoke("2", { reason: "certificateHold" });
      expect(["1", "2", "3"].map((serial) => stands(serial))).toEqual([false, false, true]);
      reader.close();
    });

    it("revokes once and for good", () => {
      expect(revoke("1", { invalidFromMs: THEN - 5000 })).toEqual({ outcome: "revoked", name: "device 1" });
      const other = store.open();
      const revocation = {
        reason: "keyCompromise",
        revokedMs: THEN,
        invalidFromMs: THEN - 5000,
        recordedMs: AT,
      };
      expect(other.find(root, "1")).toMatchObject({ state: "issued", revocation });
      expect(other.find(root, "2")).not.toHaveProperty("revocation");
      const again = other.revocations.revoke([request("1", { reason: "superseded" })], AT + 5)[0];
      expect(again).toMatchObject({
        outcome: "refused",
        error: { kind: "exists", code: "revocation.duplicate" },
        revocation,
      });
      expect(again?.outcome === "refused" && again.error.message).toBe(
        "serial 1 (0x1) was revoked already, keyCompromise, on 2025-01-01T12:00:00Z",
      );
      expect(caught(() => other.revocations.release({ issuer: root, serial: "1" }, AT))).toMatchObject({
        kind: "exists",
        code: "revocation.final",
      });
      expect(ledger.find(root, "1")?.revocation).toEqual(revocation);
      expect(ledger.revocations.count()).toBe(1);
      other.close();
    });

    it("puts on hold, releases, and turns a hold into a revocation", () => {
      const hold = { reason: "certificateHold" } as const;
      const held = { ...hold, revokedMs: THEN, recordedMs: AT };
      expect(codeOf(revoke("1", hold))).toBe("revoked");
      expect(codeOf(revoke("1", hold))).toBe("exists revocation.duplicate");
      expect(ledger.revocations.release({ issuer: root, serial: "1" }, AT + 1)).toEqual(held);
      expect(ledger.find(root, "1")).not.toHaveProperty("revocation");
      expect(caught(() => ledger.revocations.release({ issuer: root, serial: "1" }, AT))).toMatchObject({
        kind: "input",
        code: "revocation.not-held",
      });
      expect(codeOf(revoke("1", hold))).toBe("revoked");
      expect(revoke("1", { revokedMs: AT - 1000 })).toEqual({ outcome: "revoked", name: "device 1", held });
      expect(ledger.find(root, "1")?.revocation).toMatchObject({ reason: "keyCompromise" });
      expect(codeOf(revoke("1", hold))).toBe("exists revocation.duplicate");
      expect(ledger.events(0, 100).slice(-4)).toMatchObject([
        { kind: "revoked", serial: "1", detail: "certificateHold since 2025-01-01T12:00:00Z" },
        { kind: "released", serial: "1", detail: "on hold since 2025-01-01T12:00:00Z" },
        { kind: "revoked", serial: "1", digest: certificateOf(`${root} 1`).certificateSha256 },
        { kind: "revoked", detail: "keyCompromise since 2025-01-01T23:59:59Z, was on hold" },
      ]);
    });

    it("refuses what was never issued, and roots", () => {
      ledger.reserve({ issuer: root, serial: "9", name: "n", atMs: 1 });
      ledger.abandon(ledger.reserve({ issuer: root, serial: "8", name: "n", atMs: 1 }));
      const self = ledger.reserve({ issuer: root, serial: "7", name: "CN=root", atMs: 1 });
      ledger.commit(self, { ...certificateOf("root"), spkiSha256: sha256("issuer root") });
      const outcomes = ledger.revocations.revoke(
        ["1", "100", "9", "8", "7", "2"].map((serial) => request(serial)),
        AT,
      );
      expect(outcomes.map(codeOf)).toEqual([
        "revoked",
        "input revocation.not-issued",
        "input revocation.not-issued",
        "input revocation.not-issued",
        "input revocation.root",
        "revoked",
      ]);
    });

    it("gives what a CRL needs, issuer by issuer, page by page", () => {
      const second = ledger.addIssuer(issuerOf("second"));
      issue("1", AT, second);
      ledger.revocations.revoke(
        [request("3"), request("1"), request("1", { issuer: second, reason: "superseded" })],
        AT,
      );
      revoke("2", { invalidFromMs: 7000 });
      const all = ledger.revocations.page({ issuer: root, after: 0, limit: 100 });
      expect(all.map(({ serial }) => serial)).toEqual(["1", "2", "3"]);
      expect(all[1]).toEqual({
        place: all[1]?.place,
        serial: "2",
        reason: "keyCompromise",
        revokedMs: THEN,
        invalidFromMs: 7000,
        recordedMs: AT,
      });
      const after = all[0]?.place ?? 0;
      expect(ledger.revocations.page({ issuer: root, after, limit: 1 })).toEqual([all[1]]);
      expect(ledger.revocations.page({ issuer: second, after: 0, limit: 9 })).toMatchObject([
        { serial: "1", reason: "superseded" },
      ]);
    });

    it("leaves out what has ended, unless it came on record since", () => {
      issue("4", AT - 10_000);
      revoke("1");
      revoke("4");
      const serials = (keptFromMs: number): string[] =>
        ledger.revocations.page({ issuer: root, after: 0, limit: 9, keptFromMs }).map(({ serial }) => serial);
      expect(serials(AT - 10_000)).toEqual(["1", "4"]);
      expect(serials(AT)).toEqual(["1", "4"]);
      expect(serials(AT + 1)).toEqual(["1"]);
    });

    it("numbers CRLs upwards, whatever becomes of them", () => {
      const { revocations } = ledger;
      expect(revocations.lastCrl(root)).toBeUndefined();
      expect(revocations.reserveCrl(root, AT)).toEqual({ issuer: root, number: 1 });
      const crl = { atMs: AT, thisUpdateMs: AT, nextUpdateMs: AT + 5000, entries: 2, sha256: sha256("crl") };
      revocations.publishCrl(revocations.reserveCrl(root, AT), crl);
      const other = store.open();
      expect(other.revocations.reserveCrl(root, AT).number).toBe(3);
      expect(other.revocations.lastCrl(root)).toEqual({ ...crl, number: 2 });
      expect(other.revocations.reserveCrl(root, AT, 10).number).toBe(11);
      expect(other.revocations.reserveCrl(root, AT, 5).number).toBe(12);
      // The same name with a new key goes on; another name begins anew.
      const rekeyed = ledger.addIssuer({ ...issuerOf("root"), spkiSha256: sha256("new key") });
      expect(revocations.reserveCrl(rekeyed, AT).number).toBe(13);
      expect(revocations.reserveCrl(ledger.addIssuer(issuerOf("second")), AT).number).toBe(1);
      expect(ledger.events(0, 100).at(-3)).toMatchObject({
        kind: "crl-published",
        detail: "number 2, 2 revoked, the next by 2025-01-02T00:00:05Z",
      });
      other.close();
    });

    it("lists what is revoked by when it was, and what is not", () => {
      revoke("3", { revokedMs: THEN - 9000 });
      revoke("1");
      revoke("2", { revokedMs: THEN - 9000, reason: "certificateHold" });
      issue("4");
      const serials = (filter: object): string[] => {
        const found: string[] = [];
        let after: string | undefined;
        do {
          const page = ledger.list(filter, { limit: 1, ...(after === undefined ? {} : { after }) });
          found.push(...page.rows.map(({ serial }) => serial));
          after = page.next;
        } while (after !== undefined);
        return found;
      };
      expect(serials({ revoked: true })).toEqual(["2", "3", "1"]);
      expect(serials({ revoked: true, issuer: root + 1 })).toEqual([]);
      expect(serials({ revoked: true, serialFrom: "2" })).toEqual(["2", "3"]);
      expect(serials({ revoked: true, name: "device 1" })).toEqual(["1"]);
      expect(serials({ revoked: false, state: "issued" })).toEqual(["4"]);
      expect(ledger.list({ revoked: true }, { limit: 1 }).rows).toMatchObject([
        { serial: "2", state: "issued", revocation: { reason: "certificateHold", revokedMs: THEN - 9000 } },
      ]);
    });
  });
}

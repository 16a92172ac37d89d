import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SamicertsError } from "../../../src/base/errors.ts";
import type { IssuedCertificate, IssuerId, Ledger } from "../../../src/ledger/ledger.ts";

/** A store under test: where its ledgers share what they know. */
export interface Store {
  /** Opens the store once more, as another process would. */
  open(): Ledger;
  remove(): void;
}

const AT = Date.UTC(2025, 0, 2, 3, 4, 5);
const NAME = "MyAwesomeDevice";

export function sha256(text: string): Uint8Array {
  return new Uint8Array(createHash("sha256").update(text).digest());
}

export function certificateOf(text: string): IssuedCertificate {
  return {
    der: new Uint8Array(Buffer.from(`certificate of ${text}`)),
    certificateSha256: sha256(`certificate of ${text}`),
    spkiSha256: sha256(`key of ${text}`),
    notBeforeMs: AT - 300_000,
    // Before 1970 and at the end of time are moments like any other.
    notAfterMs: Date.UTC(9999, 11, 31, 23, 59, 59),
    atMs: AT + 1,
  };
}

export function issuerOf(text: string): { subject: string; spkiSha256: Uint8Array; createdMs: number } {
  return { subject: `CN=${text}`, spkiSha256: sha256(`issuer ${text}`), createdMs: AT };
}

export function caught(action: () => unknown): SamicertsError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(SamicertsError);
    return error as SamicertsError;
  }
  throw new Error("nothing was thrown");
}

/** What any store must do; `make` gives an empty one. */
export function describeLedger(title: string, make: () => Store): void {
  describe(title, () => {
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

    const request = (serial: string, name = NAME) => ({ issuer: root, serial, name, atMs: AT });

    it("knows an issuer by its key and its subject", () => {
      const other = store.open();
      expect(ledger.addIssuer(issuerOf("root"))).toBe(root);
      expect(other.addIssuer({ ...issuerOf("root"), createdMs: AT + 5 })).toBe(root);
      const ids = [
        root,
        ledger.addIssuer(issuerOf("another")),
        ledger.addIssuer({ ...issuerOf("root"), subject: "CN=renamed" }),
        ledger.addIssuer({ ...issuerOf("root"), spkiSha256: sha256("a new key") }),
      ];
      expect(new Set(ids).size).toBe(4);
      other.close();
    });

    it("goes from free to reserved to issued", () => {
      expect(ledger.find(root, "100000001")).toBeUndefined();
      const reservation = ledger.reserve(request("100000001"));
      expect(reservation).toEqual({ issuer: root, serial: "100000001", name: NAME, takenOver: false });
      const row = { issuer: root, serial: "100000001", name: NAME, reservedMs: AT, abandoned: false };
      expect(ledger.find(root, "100000001")).toEqual({ ...row, state: "reserved" });
      ledger.commit(reservation, certificateOf("1"));
      expect(ledger.find(root, "100000001")).toEqual({
        ...row,
        state: "issued",
        certificate: certificateOf("1"),
      });
    });

    it("gives a serial once, to whoever asks, and says to whom and when it went", () => {
      const other = store.open();
      const reservation = ledger.reserve(request("100000001"));
      for (const asking of [ledger, other]) {
        const error = caught(() => asking.reserve(request("100000001", "Other")));
        expect(error).toMatchObject({ kind: "exists", code: "serial.duplicate" });
        expect(error.message).toContain("100000001 (0x5f5e101)");
        expect(error.message).toContain(`is being issued to "${NAME}"`);
      }
      ledger.commit(reservation, certificateOf("1"));
      for (const asking of [ledger, other]) {
        const error = caught(() => asking.reserve(request("100000001")));
        expect(error).toMatchObject({ kind: "exists", code: "serial.duplicate" });
        expect(error.message).toContain(`issued already, to "${NAME}" at 2025-01-02T03:04:05`);
      }
      other.close();
    });

    it("lets every issuer count for itself", () => {
      const second = ledger.addIssuer(issuerOf("second"));
      ledger.reserve(request("1"));
      const reservation = ledger.reserve({ ...request("1"), issuer: second });
      ledger.commit(reservation, certificateOf("second's"));
      expect(ledger.find(root, "1")?.state).toBe("reserved");
      expect(ledger.find(second, "1")?.state).toBe("issued");
    });

    it("keeps serials of twenty octets and names of any text as they are", () => {
      const serial = (2n ** 159n - 1n).toString();
      for (const [i, name] of ["Grüße \u{1f600}", "a'b\"c;--", "line\nbreak", "", " "].entries()) {
        const taken = (BigInt(serial) - BigInt(i)).toString();
        ledger.reserve(request(taken, name));
        expect(ledger.find(root, taken)).toMatchObject({ serial: taken, name });
      }
      expect(ledger.find(root, (2n ** 159n - 9n).toString())).toBeUndefined();
    });

    it.each(["", "01", "0", "-1", "1.0", "0x1", " 1", "1 ", "1".repeat(50)])(
      "takes no %j for a serial",
      (serial) => {
        expect(() => ledger.reserve(request(serial))).toThrow(RangeError);
        expect(() => ledger.takeOver(request(serial))).toThrow(RangeError);
      },
    );

    it.each(["a\0b", "\ud800", "\udc00\ud800"])("takes no %j for a name", (name) => {
      expect(() => ledger.reserve(request("1", name))).toThrow(RangeError);
      expect(ledger.find(root, "1")).toBeUndefined();
    });

    it("takes a reservation back, and the serial is free again", () => {
      const first = ledger.reserve({ ...request("1"), spkiSha256: sha256("key of a") });
      ledger.release(first);
      expect(ledger.find(root, "1")).toBeUndefined();
      expect(caught(() => ledger.release(first)).code).toBe("ledger.reservation-lost");
      expect(caught(() => ledger.commit(first, certificateOf("a")))).toMatchObject({
        kind: "io",
        code: "ledger.reservation-lost",
      });
      const second = ledger.reserve({ ...request("1", "Other"), spkiSha256: sha256("key of a") });
      ledger.commit(second, certificateOf("a"));
    });

    it("commits once, and takes back nothing that was committed", () => {
      const reservation = ledger.reserve(request("1"));
      ledger.commit(reservation, certificateOf("1"));
      expect(caught(() => ledger.commit(reservation, certificateOf("2"))).code).toBe(
        "ledger.reservation-lost",
      );
      expect(caught(() => ledger.release(reservation)).code).toBe("ledger.reservation-lost");
      expect(caught(() => ledger.abandon(reservation)).code).toBe("ledger.reservation-lost");
      expect(ledger.find(root, "1")?.certificate).toEqual(certificateOf("1"));
    });

    it("lets nobody commit or give up what another holds", () => {
      const other = store.open();
      const reservation = ledger.reserve(request("1"));
      expect(caught(() => other.commit(reservation, certificateOf("1"))).code).toBe(
        "ledger.reservation-lost",
      );
      expect(caught(() => other.release(reservation)).code).toBe("ledger.reservation-lost");
      expect(caught(() => other.abandon(reservation)).code).toBe("ledger.reservation-lost");
      ledger.commit(reservation, certificateOf("1"));
      other.close();
    });

    it("knows a public key once, over all issuers", () => {
      const second = ledger.addIssuer(issuerOf("second"));
      ledger.commit(ledger.reserve(request("1", "First")), certificateOf("same"));
      const early = caught(() =>
        ledger.reserve({ ...request("2"), issuer: second, spkiSha256: certificateOf("same").spkiSha256 }),
      );
      expect(early).toMatchObject({ kind: "exists", code: "key.duplicate" });
      expect(early.message).toContain("serial 2 (0x2)");
      expect(early.message).toContain('serial 1 (0x1), "First"');
      expect(ledger.find(second, "2")).toBeUndefined();
      const reservation = ledger.reserve({ ...request("2"), issuer: second });
      expect(caught(() => ledger.commit(reservation, certificateOf("same")))).toMatchObject({
        kind: "exists",
        code: "key.duplicate",
      });
      expect(ledger.find(second, "2")?.state).toBe("reserved");
      ledger.release(reservation);
    });

    it("says that the serial is taken where both the serial and the key are", () => {
      ledger.commit(ledger.reserve(request("1")), certificateOf("1"));
      expect(caught(() => ledger.reserve({ ...request("1"), spkiSha256: sha256("key of 1") })).code).toBe(
        "serial.duplicate",
      );
    });

    it("leaves what a process did not finish to a later one for the same device", () => {
      const cutOff = store.open();
      cutOff.reserve({ ...request("1"), spkiSha256: sha256("lost key") });
      expect(ledger.find(root, "1")).toMatchObject({ state: "reserved", abandoned: false });
      expect(caught(() => ledger.takeOver(request("1"))).message).toContain("is being issued");
      cutOff.close();
      expect(ledger.find(root, "1")).toMatchObject({ state: "reserved", abandoned: true });

      const plain = caught(() => ledger.reserve(request("1")));
      expect(plain).toMatchObject({ kind: "exists", code: "serial.duplicate" });
      expect(plain.message).toContain("by a run that was cut off");
      expect(plain.hint).toContain(`"${NAME}"`);
      expect(caught(() => ledger.takeOver(request("1", "Other")))).toMatchObject({
        kind: "exists",
        code: "serial.duplicate",
      });

      const reservation = ledger.takeOver({ ...request("1"), atMs: AT + 9 });
      expect(reservation).toEqual({ issuer: root, serial: "1", name: NAME, takenOver: true });
      expect(ledger.find(root, "1")).toMatchObject({ abandoned: false, reservedMs: AT + 9 });
      const late = store.open();
      expect(caught(() => late.takeOver(request("1"))).code).toBe("serial.duplicate");
      late.close();
      ledger.commit(reservation, certificateOf("1"));
      expect(caught(() => ledger.takeOver(request("1"))).message).toContain("issued already");
      // The key that was never certified is nobody's now.
      ledger.reserve({ ...request("2"), spkiSha256: sha256("lost key") });
    });

    it("has nothing to take over where nothing was reserved", () => {
      expect(caught(() => ledger.takeOver(request("1"))).code).toBe("ledger.reservation-lost");
    });

    it("makes a reservation that was taken over abandoned again, never free", () => {
      const cutOff = store.open();
      cutOff.reserve(request("1"));
      cutOff.close();
      ledger.release(ledger.takeOver(request("1")));
      expect(ledger.find(root, "1")).toMatchObject({ state: "reserved", abandoned: true });
      expect(caught(() => ledger.reserve(request("1"))).code).toBe("serial.duplicate");
      ledger.commit(ledger.takeOver(request("1")), certificateOf("1"));
    });

    it("lets a living process leave a reservation to a later run", () => {
      const reservation = ledger.reserve(request("1"));
      ledger.abandon(reservation);
      expect(ledger.find(root, "1")).toMatchObject({ state: "reserved", abandoned: true });
      expect(caught(() => ledger.commit(reservation, certificateOf("1"))).code).toBe(
        "ledger.reservation-lost",
      );
      const other = store.open();
      other.commit(other.takeOver(request("1")), certificateOf("1"));
      other.close();
      expect(ledger.find(root, "1")?.state).toBe("issued");
    });

    it("refuses a key of another certificate when taking over, and leaves the reservation as it was", () => {
      ledger.commit(ledger.reserve(request("1")), certificateOf("1"));
      ledger.abandon(ledger.reserve(request("2")));
      expect(caught(() => ledger.takeOver({ ...request("2"), spkiSha256: sha256("key of 1") })).code).toBe(
        "key.duplicate",
      );
      expect(ledger.find(root, "2")).toMatchObject({ abandoned: true });
    });

    it("knows whose key is with the device itself, and forgets it where a later run makes one", () => {
      const elsewhere = { keyElsewhere: true, spkiSha256: sha256("key of 1") } as const;
      ledger.commit(ledger.reserve({ ...request("1"), ...elsewhere }), certificateOf("1"));
      expect(ledger.find(root, "1")).toMatchObject({ state: "issued", keyElsewhere: true });
      expect(ledger.list({}, { limit: 9 }).rows[0]?.keyElsewhere).toBe(true);
      const other = { ...elsewhere, spkiSha256: sha256("key of 2") };
      ledger.abandon(ledger.reserve({ ...request("2"), ...other }));
      expect(ledger.find(root, "2")?.keyElsewhere).toBe(true);
      ledger.abandon(ledger.takeOver(request("2")));
      expect(ledger.find(root, "2")?.keyElsewhere).toBeUndefined();
      ledger.commit(ledger.takeOver({ ...request("2"), ...other }), certificateOf("2"));
      expect(ledger.find(root, "2")?.keyElsewhere).toBe(true);
      ledger.commit(ledger.reserve(request("3")), certificateOf("3"));
      expect(ledger.find(root, "3")?.keyElsewhere).toBeUndefined();
    });

    it("remembers after it was closed", () => {
      ledger.commit(ledger.reserve(request("1")), certificateOf("1"));
      ledger.close();
      ledger = store.open();
      expect(ledger.addIssuer(issuerOf("root"))).toBe(root);
      expect(ledger.find(root, "1")?.certificate).toEqual(certificateOf("1"));
      expect(caught(() => ledger.reserve(request("1"))).code).toBe("serial.duplicate");
    });
  });
}

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LineClaim } from "../../../src/ledger/factory-line.ts";
import type { IssuerId, Ledger } from "../../../src/ledger/ledger.ts";
import { caught, certificateOf, issuerOf, type Store, sha256 } from "./contract.ts";

const AT = Date.UTC(2025, 0, 2);
const SERIALS = { from: "200000000", to: "299999999" };

/** What any store must do with factory lines, and with certificates that take another's place. */
export function describeLines(title: string, make: () => Store): void {
  describe(`${title}, its lines`, () => {
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

    const claim = (serial: string, factoryLine: LineClaim) =>
      ledger.reserve({ issuer: root, serial, name: `CN=${factoryLine.name}`, atMs: AT, factoryLine });
    const line = (serial: string, factoryLine: LineClaim): IssuerId => {
      ledger.commit(claim(serial, factoryLine), certificateOf(factoryLine.name));
      return ledger.lines().find(({ name }) => name === factoryLine.name)?.issuer ?? -1;
    };

    it("makes a line an issuer once its certificate is there", () => {
      const reservation = claim("77", { name: "two", serials: SERIALS });
      const row = { issuer: root, serial: "77", name: "CN=two", state: "reserved", abandoned: false };
      expect(ledger.lines()).toMatchObject([{ name: "two", serials: SERIALS, certificate: row }]);
      expect(ledger.lines()[0]).not.toHaveProperty("issuer");
      expect(ledger.issuers().length).toBe(1);
      ledger.commit(reservation, certificateOf("two"));
      const [, issuer] = ledger.issuers();
      expect(issuer).toMatchObject({ subject: "CN=two", spkiSha256: sha256("key of two") });
      expect(ledger.lines()[0]).toMatchObject({ issuer: issuer?.id, certificate: { state: "issued" } });
      expect(ledger.addIssuer({ subject: "CN=two", spkiSha256: sha256("key of two"), createdMs: 1 })).toBe(
        issuer?.id,
      );
    });

    it("gives a name and its serials to one line, whoever asks", () => {
      claim("77", { name: "two", serials: SERIALS });
      expect(caught(() => claim("78", { name: "TWO" }))).toMatchObject({
        kind: "exists",
        code: "line.duplicate",
        message: "there is a line two already",
      });
      for (const serials of [
        { from: "1", to: "200000000" },
        { from: "299999999", to: "1000000000" },
        { from: "250000000", to: "250000000" },
      ])
        expect(caught(() => claim("78", { name: "three", serials }))).toMatchObject({
          kind: "exists",
          code: "line.serials-taken",
        });
      expect(ledger.find(root, "78")).toBeUndefined();
      claim("78", { name: "three", serials: { from: "300000000", to: "300000000" } });
      claim("79", { name: "four" });
      expect(ledger.lines().map(({ name }) => name)).toEqual(["two", "three", "four"]);
    });

    it("takes a claim back with its reservation, and keeps it where that was cut off", () => {
      ledger.release(claim("77", { name: "two", serials: SERIALS }));
      expect(ledger.lines()).toEqual([]);
      ledger.abandon(claim("77", { name: "two", serials: SERIALS }));
      expect(ledger.lines()).toMatchObject([{ name: "two", certificate: { abandoned: true } }]);
      expect(caught(() => claim("78", { name: "two" })).code).toBe("line.duplicate");
      claim("79", { name: "three", serials: { from: "1", to: "9" } });
      const again = { issuer: root, serial: "77", name: "CN=two", atMs: AT };
      const other = { name: "two", serials: { from: "5", to: "6" } };
      expect(caught(() => ledger.takeOver({ ...again, factoryLine: other })).code).toBe("line.serials-taken");
      const mine = { name: "two", serials: { from: "10", to: "19" } };
      ledger.commit(ledger.takeOver({ ...again, factoryLine: mine }), certificateOf("two"));
      expect(ledger.lines()[0]).toMatchObject({ ...mine, certificate: { state: "issued" } });
      expect(ledger.lines()[0]?.issuer).toBeDefined();
    });

    it("lets a line use its own serials only", () => {
      const issuer = line("77", { name: "two", serials: SERIALS });
      const request = (serial: string) => ({ issuer, serial, name: "n", atMs: AT });
      for (const serial of ["199999999", "300000000", "2", "2000000000"]) {
        expect(caught(() => ledger.reserve(request(serial)))).toMatchObject({
          kind: "input",
          code: "serial.outside-line",
        });
        expect(ledger.find(issuer, serial)).toBeUndefined();
      }
      for (const serial of [SERIALS.from, SERIALS.to]) ledger.reserve(request(serial));
      // The root, and a line that was given none, use any.
      ledger.reserve({ ...request("5"), issuer: root });
      ledger.reserve({ ...request("5"), issuer: line("78", { name: "free" }) });
    });

    it("refuses a batch's rows that are outside, and reserves the others", () => {
      const issuer = line("77", { name: "two", serials: SERIALS });
      const identity = { issuer, inputDigest: "i", output: "/o", policyDigest: "p", atMs: AT };
      const batch = ledger.openBatch(identity);
      const serials = ["199999999", "200000000", "300000000", "200000001", "200000000"];
      const rows = serials.map((serial, index) => ({ line: index + 1, serial, name: "n" }));
      expect(ledger.findRefusals(issuer, rows).map((error) => error?.code)).toEqual([
        "serial.outside-line",
        undefined,
        "serial.outside-line",
        undefined,
        undefined,
      ]);
      const outcomes = ledger.reserveChunk(batch, rows, AT);
      expect(outcomes.map(({ outcome }) => outcome)).toEqual([
        "refused",
        "reserved",
        "refused",
        "reserved",
        "refused",
      ]);
      const codes = outcomes.map((one) => (one.outcome === "refused" ? one.error.code : ""));
      expect(codes.filter((code) => code !== "")).toEqual([
        "serial.outside-line",
        "serial.outside-line",
        "serial.duplicate",
      ]);
    });

    it("knows what took a certificate's place, with its key or another", () => {
      const first = { issuer: root, serial: "1" };
      const request = (serial: string) => ({ issuer: root, serial, name: "n", atMs: AT });
      ledger.commit(ledger.reserve(request("1")), certificateOf("1"));
      const { spkiSha256 } = certificateOf("1");
      expect(
        caught(() => ledger.reserve({ ...request("2"), replaces: { ...first, serial: "9" } })).code,
      ).toBe("renewal.unknown");
      ledger.abandon(ledger.reserve({ ...request("2"), spkiSha256, renews: first }));
      expect(ledger.successors(root, "1")).toMatchObject([{ serial: "2", renews: "1", abandoned: true }]);
      const same = { ...certificateOf("2"), spkiSha256 };
      ledger.commit(ledger.takeOver({ ...request("2"), spkiSha256 }), same);
      ledger.commit(ledger.reserve({ ...request("3"), replaces: first }), certificateOf("3"));
      expect(ledger.successors(root, "1")).toMatchObject([
        { serial: "2", renews: "1", state: "issued" },
        { serial: "3", replaces: "1", state: "issued" },
      ]);
      expect(ledger.successors(root, "2")).toEqual([]);
      expect(ledger.list({}, { limit: 9 }).rows).toMatchObject([
        { serial: "1" },
        { serial: "2", renews: "1" },
        { serial: "3", replaces: "1" },
      ]);
      expect(ledger.events(0, 99).map(({ kind, detail }) => `${kind} ${detail}`)).toEqual([
        "issuer-added CN=root",
        "issued n",
        "renewed n, in place of 1",
        "rekeyed n, in place of 1",
      ]);
      const sole = { onlySuccessor: true, replaces: first } as const;
      expect(caught(() => ledger.reserve({ ...request("4"), ...sole }))).toMatchObject({
        kind: "exists",
        code: "renewal.done",
        message: expect.stringMatching(/^serial 1 \(0x1\) was renewed already, as 2 \(0x2\) at /),
      });
      const second = { issuer: root, serial: "2" };
      const held = ledger.reserve({ ...request("5"), onlySuccessor: true, replaces: second });
      expect(held.succeeds).toEqual({ serial: "2", sameKey: false });
      const other = { ...request("6"), onlySuccessor: true, replaces: second } as const;
      expect(caught(() => ledger.reserve(other)).message).toContain("is being renewed as 5");
      ledger.abandon(held);
      expect(caught(() => ledger.reserve(other)).hint).toBe("samicerts rekey 2 finishes it");
      expect(caught(() => ledger.reserve(request("5"))).hint).toContain("samicerts rekey 2 finishes it");
      expect(ledger.takeOver(request("5")).succeeds).toEqual({ serial: "2", sameKey: false });
      // A new key is checked as any other.
      const taken = ledger.reserve({ ...request("4"), replaces: first });
      expect(caught(() => ledger.commit(taken, certificateOf("3"))).code).toBe("key.duplicate");
    });
  });
}

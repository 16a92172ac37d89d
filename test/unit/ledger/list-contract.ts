import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { IssuerId, Ledger } from "../../../src/ledger/ledger.ts";
import type { ListFilter } from "../../../src/ledger/listing.ts";
import { caught, certificateOf, issuerOf, type Store, sha256 } from "./contract.ts";

const DAY = 86_400_000;

/** What any store must do when it is listed; `make` gives an empty one. */
export function describeListing(title: string, make: () => Store): void {
  describe(`${title}: listing`, () => {
    let store: Store;
    let ledger: Ledger;
    let first: IssuerId;
    let second: IssuerId;
    beforeEach(() => {
      store = make();
      ledger = store.open();
      first = ledger.addIssuer(issuerOf("first"));
      second = ledger.addIssuer(issuerOf("second"));
      const issue = (issuer: IssuerId, serial: string, name: string, days: number): void => {
        const certificate = { ...certificateOf(serial + name), notAfterMs: days * DAY };
        ledger.commit(ledger.reserve({ issuer, serial, name, atMs: 5 }), certificate);
      };
      issue(first, "9", "lamp-9", 30);
      issue(first, "100", "lamp-100", 10);
      issue(first, "20", "Lamp-20", 20);
      issue(first, "99999999999999999999999", "radio", 400);
      issue(second, "9", "lamp [x]", 15);
      ledger.abandon(ledger.reserve({ issuer: first, serial: "50", name: "lamp-50", atMs: 6 }));
      ledger.reserve({ issuer: second, serial: "3", name: "\u{10ffff}", atMs: 6 });
      const identity = { inputDigest: "i", output: "/o", policyDigest: "p", atMs: 7 };
      const batch = ledger.openBatch({ issuer: second, ...identity });
      const rows = [7, 3, 5].map((line) => ({ line, serial: String(1000 - line), name: `b${line}` }));
      ledger.reserveChunk(batch, rows, 8);
    });
    afterEach(() => {
      ledger.close();
      store.remove();
    });

    const serials = (filter: ListFilter): string[] =>
      ledger.list(filter, { limit: 100 }).rows.map(({ serial }) => serial);
    const LARGE = "99999999999999999999999";

    it("goes by issuer and then by serial as a number", () => {
      expect(serials({})).toEqual(["9", "20", "50", "100", LARGE, "3", "9", "993", "995", "997"]);
      expect(serials({ issuer: second })).toEqual(["3", "9", "993", "995", "997"]);
    });

    it.each<[ListFilter, string[]]>([
      [{ state: "reserved" }, ["50", "3", "993", "995", "997"]],
      [{ state: "issued" }, ["9", "20", "100", LARGE, "9"]],
      [{ batch: 1 }, ["997", "995", "993"]],
      [{ batch: 2 }, []],
      [{ name: "lamp" }, ["9", "100", "50", "9"].sort()],
      [{ name: "lamp-" }, ["100", "50", "9"]],
      [{ name: "*amp-?0" }, ["20", "50"]],
      [{ name: "lamp [[]x]" }, ["9"]],
      [{ name: "[lr]a*" }, ["9", "100", "50", "9", LARGE]],
      [{ name: "\u{10ffff}" }, ["3"]],
      [{ name: "x" }, []],
      [{ expiresUntilMs: 20 * DAY }, ["100", "9", "20"]],
      [{ expiresFromMs: 15 * DAY, expiresUntilMs: 30 * DAY }, ["9", "20", "9"]],
      [{ expiresFromMs: 400 * DAY }, [LARGE]],
      [{ serialFrom: "20" }, ["20", "50", "100", LARGE, "993", "995", "997"]],
      [{ serialTo: "50" }, ["9", "20", "50", "3", "9"]],
      [{ serialFrom: "21", serialTo: "994" }, ["50", "100", "993"]],
      [
        {
          serialFrom: "9",
          serialTo: "9",
          name: "lamp-",
          state: "issued",
          issuer: 1,
          expiresUntilMs: 99 * DAY,
        },
        ["9"],
      ],
    ])("lets through what %j asks for", (filter, expected) => {
      const sorted = filter.name === undefined || filter.serialFrom !== undefined;
      const found = serials(filter);
      expect(sorted ? found : found.sort()).toEqual(sorted ? expected : [...expected].sort());
    });

    it.each<ListFilter>([
      {},
      { state: "reserved" },
      { state: "issued" },
      { batch: 1 },
      { name: "lamp" },
      { expiresFromMs: 0 },
      { serialFrom: "9" },
    ])("comes in pages that leave out and repeat nothing: %j", (filter) => {
      const whole = serials(filter);
      expect(whole.length).toBeGreaterThan(2);
      for (const limit of [1, 2, 3]) {
        const seen: string[] = [];
        let after: string | undefined;
        do {
          const page = ledger.list(filter, { limit, ...(after === undefined ? {} : { after }) });
          seen.push(...page.rows.map(({ serial }) => serial));
          after = page.next;
        } while (after !== undefined && seen.length < 100);
        expect(seen).toEqual(whole);
      }
    });

    it("tells all that is known of a certificate", () => {
      const certificate = certificateOf("9lamp-9");
      const row = {
        ...{ issuer: first, issuerSubject: "CN=first", serial: "9", name: "lamp-9", state: "issued" },
        ...{ reservedMs: 5, abandoned: false, issuedMs: certificate.atMs },
        ...{ notBeforeMs: certificate.notBeforeMs, notAfterMs: 30 * DAY },
        certificateSha256: Buffer.from(certificate.certificateSha256).toString("hex"),
        spkiSha256: Buffer.from(certificate.spkiSha256).toString("hex"),
      };
      const only = { issuer: first, serialTo: "9" };
      expect(ledger.list(only, { limit: 5 })).toEqual({ rows: [row] });
      expect(ledger.list(only, { limit: 5, withDer: true }).rows).toEqual([{ ...row, der: certificate.der }]);
      const [open] = ledger.list({ state: "reserved" }, { limit: 1 }).rows;
      expect(open).toMatchObject({ serial: "50", abandoned: true, reservedMs: 6 });
      expect(open?.issuedMs).toBeUndefined();
    });

    it("takes no page's end but its own", () => {
      const { next = "" } = ledger.list({}, { limit: 1 });
      for (const after of ["", "x", "e30", "WzFd", next.slice(0, -3)])
        expect(caught(() => ledger.list({}, { limit: 1, after }))).toMatchObject({
          kind: "input",
          code: "list.bad-after",
        });
      expect(caught(() => ledger.list({ batch: 1 }, { limit: 1, after: next })).code).toBe("list.bad-after");
    });

    it("finds the certificates of a name and of a key", () => {
      expect([...ledger.findNames(first, ["radio", "lamp-9", "none", "lamp [x]"])].sort()).toEqual([
        ["lamp-9", "9"],
        ["radio", LARGE],
      ]);
      expect(ledger.findKey(sha256("key of 9lamp-9"))).toMatchObject({ serial: "9", name: "lamp-9" });
      expect(ledger.findKey(sha256("nobody's"))).toBeUndefined();
      expect(ledger.issuers()).toMatchObject([{ id: first, subject: "CN=first" }, { id: second }]);
    });

    it("knows which certificate renews which", () => {
      const spkiSha256 = sha256("key of 9lamp-9");
      const request = { issuer: second, serial: "77", name: "again", spkiSha256, atMs: 9 };
      expect(caught(() => ledger.reserve(request)).code).toBe("key.duplicate");
      const renew = (serial: string, renews: string, key = spkiSha256) =>
        ledger.reserve({ ...request, serial, spkiSha256: key, renews: { issuer: first, serial: renews } });
      for (const wrong of [() => renew("77", "100"), () => renew("77", "50"), () => renew("77", "12345")])
        expect(caught(wrong)).toMatchObject({ kind: "input", code: "renewal.unknown" });
      const reservation = renew("77", "9");
      expect(caught(() => ledger.commit(reservation, certificateOf("another key"))).code).toBe(
        "ledger.reservation-lost",
      );
      ledger.commit(reservation, { ...certificateOf("again"), spkiSha256 });
      renew("78", "9");
      expect(ledger.findKey(spkiSha256)).toMatchObject({ serial: "78", renews: "9" });
      expect(ledger.list({ serialFrom: "77", serialTo: "77" }, { limit: 1 }).rows).toMatchObject([
        { serial: "77", renews: "9", state: "issued" },
      ]);
      expect(caught(() => ledger.reserve({ ...request, serial: "79" })).code).toBe("key.duplicate");
    });
  });
}

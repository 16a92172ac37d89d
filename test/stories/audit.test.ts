import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect } from "../../src/ledger/sqlite-connection.ts";
import { makePlace, type Place, ROOT_NAME, told } from "./command.ts";

let place: Place;
beforeEach(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["client", "100000001", "Lamp"]);
});
afterEach(() => place.remove());

function tamper(sql: string): void {
  const connection = connect(place.at("samicerts.db"), 0);
  connection.exec(`DROP TRIGGER IF EXISTS events_are_kept; DROP TRIGGER IF EXISTS events_stay; ${sql}`);
  connection.close();
}

const kinds = (): string[] =>
  JSON.parse(place.succeed(["audit", "show", "--json"])).events.map(
    ({ kind, detail }: { kind: string; detail?: string }) => `${kind} ${detail ?? ""}`.slice(0, 50).trim(),
  );

describe("the audit trail", () => {
  it("tells of a batch where its manifest is", () => {
    place.succeed([
      "batch",
      "--count",
      "2",
      "--serial-from",
      "500",
      "--name",
      "D-{serial}",
      "--out",
      "a.tar",
    ]);
    const lines = place.succeed(["audit", "show", "--last", "3"]).split("\n");
    expect(lines[0]).toMatch(/ batch-begun {5}batch 1 {2}by MyDevAuthority {2}\S+a\.tar$/);
    expect(lines[1]).toMatch(
      / chunk-issued {4}batch 1 {2}by MyDevAuthority {2}2 certificates, up to line 2$/,
    );
    expect(lines[2]).toMatch(
      / batch-finished {2}batch 1 {2}by MyDevAuthority {2}its manifest is a\.tar\.manifest/,
    );
  });

  it("has what was done and what was refused", () => {
    place.samicerts(["client", "100000001", "Other"]);
    place.samicerts(["client", "100000002", "Other", "--key", "ec:P-521"]);
    place.samicerts(["root", ROOT_NAME]);
    place.samicerts(["intermediate", "l2", "/C=US/O=MyOrg/CN=L2", "--policy", "clearblade"]);
    // Slips of the fingers are no refusals, and nor is what only looks.
    place.samicerts(["client", "12x", "Other"]);
    place.samicerts(["verify"]);
    expect(kinds()).toEqual(
      [
        "issuer-added /C=US/ST=California/O=MyOrg/OU=MyDep/CN",
        "issued /C=US/ST=California/O=MyOrg/OU=MyDep/CN=MyDevA",
        "issued Lamp",
        'refused client 100000001 "Other": serial.duplicate',
        'refused client 100000002 "Other": policy.refused:',
        'refused root "/C=US/ST=California/O=MyOrg/OU=MyDep',
        'refused intermediate l2 "/C=US/O=MyOrg/CN=L2": pol',
      ].map((line) => expect.stringContaining(line.slice(0, 42)) as unknown as string),
    );

    const text = place.succeed(["audit", "show", "--last", "1"]);
    expect(text).toMatch(/^7 {7}\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}refused {9}intermediate l2 /);
    const first = place.samicerts(["audit", "show", "--limit", "2"]);
    expect(first.stderr).toBe("there is more: go on with --after 2\n");
    expect(place.succeed(["audit", "show", "--after", "2", "--limit", "1"])).toMatch(
      /^3 .* issued {10}100000001 \(0x5f5e101\) {2}by MyDevAuthority {2}Lamp\n$/,
    );
    const shown = (...words: string[]): number[] =>
      JSON.parse(place.succeed(["audit", "show", "--json", ...words])).events.map(
        ({ id }: { id: number }) => id,
      );
    expect(shown("--serial", "0x5f5e101")).toEqual([3, 4]);
    expect(shown("--kind", "issued", "--kind", "issuer-added")).toEqual([1, 2, 3]);
    expect(shown("--since", "2999-01-01T00:00:00Z")).toEqual([]);
    expect(shown("--until", "2999-01-01T00:00:00Z", "--last", "2")).toEqual([6, 7]);
    expect(place.succeed(["audit", "show", "--batch", "1"])).toBe("nothing was recorded that is so\n");
  });

  it("refuses as ever where it can't be recorded", () => {
    const before = kinds();
    const blocker = connect(place.at("samicerts.db"), 0);
    blocker.exec("BEGIN IMMEDIATE");
    const ended = place.samicerts(["client", "100000002", "Other", "--key", "ec:P-521"]);
    blocker.exec("ROLLBACK");
    blocker.close();
    expect(ended).toMatchObject({ status: 1, stdout: "" });
    expect(ended.stderr).toMatch(/^error: the policy sami refuses this device's certificate: /);
    writeFileSync(place.at("other.db"), "no database");
    chmodSync(place.at("other.db"), 0o444);
    const other = place.samicerts(["root", ROOT_NAME, "--ledger", "other.db"]);
    expect(other.stderr).toMatch(/^error: root\.key exists already/);
    expect(kinds()).toEqual(before);
    // Where there is no ledger none is made.
    expect(place.samicerts(["root", "/CN=x", "--dir", "new", "--policy", "sami"]).status).not.toBe(0);
    expect(place.listing().some((line) => line.startsWith("new"))).toBe(false);
  });

  it("is found whole, or is told what was done to it", () => {
    const head = place.succeed(["audit", "head"]).trim();
    expect(head).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.parse(place.succeed(["audit", "head", "--json"]))).toEqual({
      schema: "samicerts/audit-head/v1",
      id: 3,
      head,
    });
    expect(place.succeed(["audit", "verify"])).toBe(
      `the record is whole: 3 lines, each chained to the one before\n  head  ${head}\n`,
    );
    place.succeed(["client", "100000002", "Lamp"]);
    place.succeed(["audit", "verify", "--head", head, "--quiet"]);

    tamper("UPDATE events SET detail = 'Radio' WHERE id = 3");
    const altered = place.samicerts(["audit", "verify", "--head", head]);
    expect(altered).toMatchObject({ status: 1, stderr: "" });
    expect(altered.stdout).toBe(
      "audit.altered  line 3 does not have the hash that it and the line before it come to: one of them was altered\n" +
        "  to do  the ledger's file was written by something else than samicerts: find\n" +
        "         out by what, and compare with your backups\n" +
        "1 fault in a record of 4 lines\n",
    );
    tamper("DELETE FROM events WHERE id = 3");
    const removed = place.samicerts(["audit", "verify", "--head", head, "--json"]);
    expect(removed.status).toBe(1);
    const { schema, whole, events, faults } = JSON.parse(removed.stdout);
    expect({ schema, whole, events }).toEqual({
      schema: "samicerts/audit-verify/v1",
      whole: false,
      events: 3,
    });
    expect(faults.map(({ rule }: { rule: string }) => rule)).toEqual([
      "audit.removed",
      "audit.head-unknown",
      "audit.unrecorded",
    ]);
  });

  it("is asked for with words that are understood", () => {
    const slips: readonly (readonly [string[], string, string])[] = [
      [
        ["verify", "--head", "abc"],
        '--head can\'t be "abc"',
        "give the 64 hexadecimal digits that samicerts audit head printed",
      ],
      [["show", "--last", "0"], '--last can\'t be "0"', "write a whole number from 1 on, as in --last 100"],
      [
        ["show", "--last", "1", "--limit", "1"],
        "--last and --limit can't be given together",
        "keep one of them",
      ],
      [["shwo"], 'there is no command "audit shwo"', "did you mean samicerts audit show?"],
    ];
    for (const [words, message, hint] of slips)
      expect(place.samicerts(["audit", ...words])).toMatchObject({ status: 2, stderr: told(message, hint) });
    const none = place.samicerts(["audit", "verify", "--dir", "elsewhere"]);
    expect(none.status).toBe(3);
    expect(none.stderr).toContain("there is no ledger elsewhere/samicerts.db");
    expect(readFileSync(place.at("root.crt")).length).toBeGreaterThan(0);
  });
});

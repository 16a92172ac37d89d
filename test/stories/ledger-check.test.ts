import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { columnsOf } from "../../src/actions/join-columns.ts";
import { ledgerEntry } from "../../src/actions/record.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { connect } from "../../src/ledger/sqlite-connection.ts";
import { decodeCertificate } from "../../src/x509/certificate.ts";
import { makePlace, type Place, ROOT_NAME, told } from "./command.ts";

let place: Place;
beforeEach(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  for (const serial of [1, 2, 3]) place.succeed(["client", `10000000${serial}`, `Device ${serial}`]);
});
afterEach(() => place.remove());

const at = (name: string): string => place.at("devices", name);
const check = (command = "check") => {
  const { status, stdout, stderr } = place.samicerts(["ledger", command, "--json"]);
  expect(stderr).toBe("");
  const document = JSON.parse(stdout);
  const found = document.discrepancies as { rule: string; serial?: { decimal: string }; mended?: boolean }[];
  return { status, document, found: found.map(({ rule, serial }) => `${rule} ${serial?.decimal ?? "-"}`) };
};

/** Reserves a serial and leaves it, as a process does that is killed. */
function cutOff(serial: string, name: string): void {
  const ledger = openLedger(place.at("samicerts.db"));
  const [issuer] = ledger.issuers();
  ledger.abandon(ledger.reserve({ issuer: issuer?.id ?? 0, serial, name, atMs: 0 }));
  ledger.close();
}

/** Makes a device's files without this ledger hearing of it. */
function makeUnknown(serial: string, name: string): void {
  place.succeed(["client", serial, name, "--ledger", "other.db", "--new-ledger"]);
}

describe("ledger check and repair", () => {
  it("find nothing where all is well", () => {
    expect(place.succeed(["ledger", "check"])).toBe(
      "the ledger and the files agree: 4 certificates issued\n",
    );
    expect(place.succeed(["ledger", "repair", place.directory])).toContain("agree: 4 certificates");
    expect(check()).toMatchObject({
      status: 0,
      document: { schema: "samicerts/ledger-check/v1", agrees: true, certificates: 4, elsewhere: 0 },
      found: [],
    });
    expect(place.succeed(["ledger", "check", "--quiet"])).toBe("");
  });

  it("tell of a certificate that is missing, and write it again from the ledger", () => {
    const before = readFileSync(at("100000002.crt"));
    rmSync(at("100000002.crt"));
    rmSync(place.at("root.crt"));
    expect(check()).toMatchObject({
      status: 1,
      found: ["certificate.missing 100000002", expect.stringMatching(/^certificate\.missing \d{30,}$/)],
    });
    expect(check("repair").status).toBe(0);
    expect(readFileSync(at("100000002.crt")).equals(before)).toBe(true);
    expect(check()).toMatchObject({ status: 0, found: [] });
    place.succeed(["verify"]);
  });

  it("give commands that a shell takes as they are meant, whatever a device's name is", () => {
    const names = ["$(touch got)", "`touch got`", 'it\'s "$HOME"', "plain", "-dashed"];
    for (const [n, name] of names.entries()) cutOff(`10000001${n}`, name);
    for (const [n, { hint }] of check().document.discrepancies.entries()) {
      const command = (hint as string).replace(/ finishes it$/, "").replace(/^samicerts /, 'printf "%s\\n" ');
      const told = execFileSync("sh", ["-c", command], { cwd: place.directory, encoding: "utf8" });
      const flagsEnd = names[n]?.startsWith("-") === true ? ["--"] : [];
      expect(told.trimEnd().split("\n")).toEqual(["client", ...flagsEnd, `10000001${n}`, names[n]]);
    }
    expect(existsSync(place.at("got"))).toBe(false);
  });

  it("tell of files that are not what was issued, and touch none of them", () => {
    copyFileSync(at("100000001.crt"), at("100000002.crt"));
    writeFileSync(at("100000003.crt"), "nothing");
    copyFileSync(at("100000001.key"), at("100000003.key"));
    rmSync(at("100000001.key"));
    writeFileSync(at("100000009.crt"), "whose?");
    const before = place.listing();
    const found = [
      ...["key.missing 100000001", "certificate.altered 100000002"],
      ...["certificate.altered 100000003", "key.mismatched 100000003", "file.unknown -"],
    ];
    expect(check()).toMatchObject({ status: 1, found });
    const { stdout, status } = place.samicerts(["ledger", "repair"]);
    expect(status).toBe(1);
    expect(stdout).toContain("devices/100000002.crt has serial 100000001, not 100000002");
    expect(stdout).toContain("no other copy is kept");
    expect(stdout).toContain("5 disagreements: 4 certificates issued");
    expect(place.listing()).toEqual(before);
  });

  it.skipIf(process.platform === "win32")("tell of a key that others may read, and close it", () => {
    chmodSync(at("100000001.key"), 0o644);
    chmodSync(place.at("root.key"), 0o640);
    expect(check().found).toEqual(["key.permissions 100000001", expect.stringMatching(/^key\.permissions /)]);
    check("repair");
    for (const path of [at("100000001.key"), place.at("root.key")])
      expect(lstatSync(path).mode & 0o777).toBe(0o600);
    expect(check().found).toEqual([]);
  });

  it("tell of copies of the root's key that a run left when it was cut off, and remove them while the key is there", () => {
    const left = ".root.key.0123456789abcdef.tmp";
    copyFileSync(place.at("root.key"), place.at(left));
    renameSync(place.at("root.key"), place.at("away.key"));
    expect(check().found).not.toContain("file.leftover -");
    renameSync(place.at("away.key"), place.at("root.key"));
    expect(check()).toMatchObject({ status: 1, found: ["file.leftover -"] });
    check("repair");
    expect(check().found).toEqual([]);
    expect(existsSync(place.at(left))).toBe(false);
    expect(existsSync(place.at("root.key"))).toBe(true);
  });

  it("tell of what a run left when it was cut off, adopt what is whole, and remove scraps", () => {
    makeUnknown("100000004", "Device 4");
    makeUnknown("100000005", "Device 5");
    makeUnknown("100000006", "Device 6");
    for (const serial of ["4", "5", "6", "7"]) cutOff(`10000000${serial}`, `Device ${serial}`);
    rmSync(at("100000005.crt"));
    copyFileSync(at("100000001.key"), at("100000006.key"));
    writeFileSync(at(".100000005.crt.0123456789abcdef.tmp"), "half");
    const abandoned = ["4", "5", "6", "7"].map((serial) => `reservation.abandoned 10000000${serial}`);
    expect(check()).toMatchObject({ status: 1, found: [...abandoned, "file.leftover -"] });
    const { document } = check("repair");
    expect(document.discrepancies.map((each: { mended: boolean }) => each.mended)).toEqual([
      ...[true, false, false, false, true],
    ]);
    expect(document.discrepancies[1].message).toContain("100000005.key is there alone");
    expect(document.discrepancies[1].hint).toBe('samicerts client 100000005 "Device 5" finishes it');
    expect(document.discrepancies[2].message).toContain("does not belong to the key beside it");
    expect(document.discrepancies[3].message).toContain("no file of it is there");
    place.succeed(["client", "100000005", "Device 5"]);
    place.succeed(["client", "100000007", "Device 7"]);
    expect(check().found).toEqual(["reservation.abandoned 100000006"]);
    expect(place.succeed(["list", "--name", "Device 4", "--format", "csv"])).toContain("100000004,");
  });

  it("tell of a ledger that was changed from outside", () => {
    const connection = connect(place.at("samicerts.db"), 0);
    connection.exec(
      "DROP TRIGGER der_is_kept; UPDATE certificate_der SET der = x'3000' WHERE certificate = 2",
    );
    connection.exec("PRAGMA foreign_keys = OFF; INSERT INTO certificate_der VALUES (99, x'00')");
    connection.close();
    const { status, found, document } = check();
    expect(status).toBe(1);
    expect(found).toEqual(["ledger.damaged -", "ledger.certificate-damaged 100000001"]);
    expect(document.discrepancies[1].message).toContain("does not have the SHA-256");
  });

  it("tell of a name that is not the one in its certificate, where the policy puts it there", () => {
    const connection = connect(place.at("samicerts.db"), 0);
    connection.exec("UPDATE certificates SET name = 'Lamp' WHERE serial = '100000001'");
    connection.close();
    const { status, found, document } = check();
    expect({ status, found }).toEqual({ status: 1, found: ["ledger.certificate-damaged 100000001"] });
    expect(document.discrepancies[0].message).toMatch(
      /^the ledger's copy of certificate 100000001 is of .*CN=Device 1.*, and the ledger keeps the name "Lamp" of it$/,
    );
    expect(check("repair").document.discrepancies[0].mended).toBe(false);
    const own = { name: "own", title: "Own", extends: ["sami"] };
    for (const policy of [{ ...own, issue: { device: { subject: { CN: "{serial}" } } } }, { name: "torn" }]) {
      writeFileSync(place.at("policy.json"), JSON.stringify(policy));
      expect(check()).toMatchObject({ status: 0, found: [] });
    }
  });

  it("tell nothing of a device that another policy named by its serial", () => {
    const policy = { name: "own", title: "Own", extends: ["sami"] };
    const issue = { device: { subject: { CN: "{serial}" } } };
    writeFileSync(place.at("own.json"), JSON.stringify({ ...policy, issue }));
    place.succeed(["client", "100000777", "Lamp", "--policy", "./own.json"]);
    expect(check()).toMatchObject({ status: 0, found: [] });
  });

  it("tell of a certificate of a batch that the ledger has lost, whose files lie in an archive", () => {
    place.succeed(["batch", "--count", "3", "--serial-from", "200000", "--name", "D-{n}", "--out", "a.tar"]);
    expect(check()).toMatchObject({ status: 0, found: [] });
    const connection = connect(place.at("samicerts.db"), 0);
    const lost = "SELECT id FROM certificates WHERE serial = '200001'";
    connection.exec(`DROP TRIGGER der_stays; DELETE FROM certificate_der WHERE certificate = (${lost})`);
    connection.exec(`DROP TRIGGER issued_stays; DELETE FROM certificates WHERE id = (${lost})`);
    connection.close();
    const { status, found, document } = check();
    expect({ status, found }).toEqual({ status: 1, found: ["ledger.damaged -"] });
    expect(document.discrepancies[0].message).toBe(
      "batch 1 has issued 3, and the ledger has 2 of its certificates",
    );
    expect(place.samicerts(["audit", "verify"]).stdout).toContain("audit.contradicted");
  });

  it("tell of a root that is not the ledger's", () => {
    place.succeed(["root", ROOT_NAME, "--dir", ".", "--force", "--ledger", "other.db", "--new-ledger"]);
    expect(check()).toMatchObject({ status: 1, found: ["root.unknown -"] });
  });

  it("look for the files of a batch in devices, and for none of an archive", () => {
    const batchOf = (output: string, serial: string): void => {
      const ledger = openLedger(place.at("samicerts.db"));
      const [issuer] = ledger.issuers();
      const identity = { inputDigest: "i", output, policyDigest: "p", atMs: 0 };
      const batch = ledger.openBatch({ issuer: issuer?.id ?? 0, ...identity });
      ledger.reserveChunk(batch, [{ line: 1, serial, name: "Device 4" }], 0);
      const { raw: der } = new X509Certificate(readFileSync(at(`${serial}.crt`)));
      const certificate = decodeCertificate(der);
      const issued = columnsOf([{ serial, ...ledgerEntry(certificate, 0) }]);
      ledger.commitChunk(batch, { issued, lastLine: 1, outputLength: 0, atMs: 0 });
      ledger.finishBatch(batch, "one", 0);
      ledger.close();
    };
    for (const [serial, output] of [
      ["100000004", at("")],
      ["100000005", place.at("line.tar")],
    ] as const) {
      makeUnknown(serial, "Device 4");
      batchOf(output.replace(/\/$/, ""), serial);
      rmSync(at(`${serial}.crt`));
      rmSync(at(`${serial}.key`));
    }
    expect(check()).toMatchObject({
      document: { certificates: 6, elsewhere: 1 },
      found: ["certificate.missing 100000004", "key.missing 100000004"],
    });
  });

  it("make no ledger where there is none", () => {
    const { status, stderr } = place.samicerts(["ledger", "check", "devices"]);
    expect(status).toBe(3);
    expect(stderr).toContain("there is no ledger devices/samicerts.db");
  });
});

describe("ledger backup", () => {
  it("copies the ledger to a file that is not there yet", () => {
    expect(place.succeed(["ledger", "backup", "it's.db"])).toBe("copied the ledger to it's.db\n");
    expect(place.succeed(["list", "--ledger", "it's.db"])).toBe(place.succeed(["list"]));
    const { status, stderr } = place.samicerts(["ledger", "backup", "it's.db"]);
    expect(status).toBe(4);
    expect(stderr).toContain("it's.db exists already");
    expect(place.samicerts(["ledger", "backup", "none/x.db"]).status).toBe(3);
    expect(place.samicerts(["ledger", "backup", "none/x.db"]).stderr).toBe(
      told(
        "the directory of none/x.db does not exist",
        "make that directory first, or name a file elsewhere",
      ),
    );
  });
});

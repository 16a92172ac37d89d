import {
  appendFileSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { IssuedPair } from "../../src/actions/batch-output.ts";
import { makePlace, type Place } from "./command.ts";
import { type BatchRoot, makeDevices, makeRoot, writeBatch } from "./made-batch.ts";

const KINDS = ["directory", "tar", "tar.gz", "ndjson"] as const;
const JUDGE = ["--policy", "rfc5280", "--at", "2026-01-02"];
const LIST = "line.tar.manifest.ndjson";

let place: Place;
let root: BatchRoot;
let devices: readonly IssuedPair[];
beforeAll(() => {
  place = makePlace();
  root = makeRoot(place.directory);
  devices = makeDevices(root, 8);
  makeRoot(place.directory, "other");
  mkdirSync(place.at("whole"));
  for (const kind of KINDS) writeBatch(place.at("whole", outOf(kind)), root, devices);
});
afterAll(() => place.remove());
beforeEach(() => {
  for (const kind of KINDS) {
    const out = outOf(kind);
    for (const file of [out, listOf(out), `${listOf(out)}.sig`]) {
      rmSync(place.at(file), { recursive: true, force: true });
      cpSync(place.at("whole", file), place.at(file), { recursive: true });
    }
  }
});

const outOf = (kind: (typeof KINDS)[number]): string => (kind === "directory" ? "devices" : `line.${kind}`);
const listOf = (out: string): string => `${out}.manifest.ndjson`;
const verifyUnder = (anchor: string, ...words: string[]) =>
  place.samicerts(["verify", ...words, "--root", anchor, ...JUDGE]);
const verify = (...words: string[]) => verifyUnder("root.crt", ...words);
const edit = (file: string, change: (lines: string[]) => string[]): void => {
  const lines = readFileSync(place.at(file), "utf8").split("\n");
  writeFileSync(place.at(file), change(lines).join("\n"));
};
const rules = (stdout: string): string[] =>
  JSON.parse(stdout).certificates.flatMap(({ findings }: { findings: { rule: string }[] }) =>
    findings.map(({ rule }) => rule),
  );

describe("a batch's manifest", () => {
  it.each(KINDS)("and every device that it lists are verified: %s", (kind) => {
    const out = outOf(kind);
    const { status, stdout, stderr } = verify("--manifest", listOf(out));
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.match(/^ok {2}/gm)).toHaveLength(8);
    expect(stdout).toMatch(
      /\nmanifest \S+: signed by root, batch 7 of 2026-01-01T00:00:00Z\n8 certificates: 8 compliant; policy rfc5280\n$/,
    );
    const document = JSON.parse(verify("--manifest", listOf(out), "--json").stdout);
    expect(document).toMatchObject({
      compliant: true,
      manifest: { path: listOf(out), batch: "7", created: "2026-01-01T00:00:00Z", signedBy: "/CN=root" },
      summary: { total: 8, compliant: 8 },
    });
  });

  it("goes with its output wherever that is, and whatever it is called", () => {
    renameSync(place.at("line.ndjson"), place.at("moved.ndjson"));
    expect(verify("--manifest", listOf("line.ndjson")).stderr).toContain("error: line.ndjson does not exist");
    expect(verify("--manifest", listOf("line.ndjson"), "moved.ndjson").status).toBe(0);
    cpSync(place.at("devices"), place.at("copy"), { recursive: true });
    expect(verify("--manifest", listOf("devices"), "copy").status).toBe(0);
    rmSync(place.at("copy"), { recursive: true });
  });

  it.each([
    ["a line changed", (lines) => lines.map((line) => line.replace("Device 3", "Device X"))],
    ["a line removed", (lines) => lines.toSpliced(4, 1)],
    ["lines in another order", ([head = "", a = "", b = "", ...rest]) => [head, b, a, ...rest]],
    ["a line twice", (lines) => lines.toSpliced(4, 0, lines[4] as string)],
    ["a line appended", (lines) => [...lines.slice(0, -1), lines[3] as string, ""]],
    ["cut off in a line", (lines) => [lines.join("\n").slice(0, -60)]],
    ["cut off after a line", (lines) => [...lines.slice(0, -2), ""]],
    ["another header", ([head = "", ...rest]) => [head.replace('"batch":"7"', '"batch":"8"'), ...rest]],
    ["other line ends", (lines) => lines.map((line) => `${line}\r`)],
    ["empty", () => [""]],
  ] as [string, (lines: string[]) => string[]][])("is refused with %s", (_, change) => {
    edit(LIST, change);
    expect(verify("--manifest", LIST)).toEqual({
      status: 1,
      signal: null,
      stdout: "",
      stderr: `error: ${LIST} was changed after it was signed: its digest is not the one in ${LIST}.sig\nhint: do not rely on it; obtain both files again from where the batch left them\n`,
    });
  });

  it("is refused with another root's signature, another manifest's, a damaged one, or none", () => {
    const signature = `${LIST}.sig`;
    const pem = readFileSync(place.at(signature), "utf8");
    expect(verifyUnder("other.crt", "--manifest", LIST)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(new RegExp(`^error: ${signature} is not a signature by /CN=other\n`)),
    });
    copyFileSync(place.at("line.ndjson.manifest.ndjson.sig"), place.at(signature));
    expect(verify("--manifest", LIST)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("was changed after it was signed"),
    });
    for (const [content, message] of [
      [pem.slice(0, 200), /END line/],
      [pem + pem, /holds something else than one signature/],
      ["", /holds no signature/],
      [pem.replaceAll("CMS", "CERTIFICATE"), /holds something else than one signature/],
      [pem.replace(/\n([A-Za-z0-9+/]{8})/, "\nAAAAAAAA"), /expected SEQUENCE/],
    ] as const) {
      writeFileSync(place.at(signature), content);
      expect(verify("--manifest", LIST)).toMatchObject({
        status: 2,
        stdout: "",
        stderr: expect.stringMatching(message),
      });
    }
    rmSync(place.at(signature));
    expect(verify("--manifest", LIST)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(`error: the manifest is not signed: ${signature} does not exist\n`),
    });
    expect(verify("--manifest", "nothing.ndjson").stderr).toContain("error: nothing.ndjson does not exist\n");
  });

  it("says in what a directory differs from it", () => {
    const file = (n: number, ending: string) => place.at("devices", `${devices[n]?.serial}.${ending}`);
    rmSync(file(0, "crt"));
    copyFileSync(file(1, "crt"), file(2, "crt"));
    writeFileSync(file(3, "crt"), "not a certificate\n");
    copyFileSync(place.at("root.crt"), place.at("devices/more.crt"));
    const { status, stdout } = verify("--manifest", listOf("devices"), "--json");
    expect(status).toBe(2);
    expect(rules(stdout).filter((rule) => /^(record|manifest)\./.test(rule))).toEqual([
      "manifest.missing",
      "record.fingerprint",
      "record.serial",
      "record.name",
      "manifest.extra",
    ]);
    const { certificates } = JSON.parse(stdout);
    expect(certificates[0]).toMatchObject({
      source: `devices/${devices[0]?.serial}.crt`,
      verdict: "non-compliant",
      findings: [{ message: "the manifest lists it, and it is not there" }],
    });
    expect(certificates[3].verdict).toBe("unreadable");
    // A directory may have other devices in it: that they are not listed is a warning.
    expect(certificates[8]).toMatchObject({ source: "devices/more.crt", verdict: "compliant" });
    expect(certificates[8].findings).toMatchObject([{ rule: "manifest.extra", severity: "warning" }]);
  });

  it.each(["tar", "tar.gz", "ndjson"] as const)("says in what an archive differs from it: %s", (kind) => {
    const out = outOf(kind);
    const more = makeDevices(root, 2);
    const [first, second, ...others] = devices as [IssuedPair, IssuedPair, ...IssuedPair[]];
    const replaced = { ...(more[0] as IssuedPair), serial: second.serial };
    rmSync(place.at(out));
    // The same list, and an archive without one device, with another in one's place, one more, and in another order.
    const changed = [...others.reverse(), replaced, more[1] as IssuedPair];
    writeBatch(place.at(`changed-${out}`), root, changed);
    renameSync(place.at(`changed-${out}`), place.at(out));
    const { status, stdout } = verify("--manifest", listOf(out), "--json");
    expect(status).toBe(1);
    const found = JSON.parse(stdout).certificates.map(
      ({ source, findings }: { source: string; findings: { rule: string; severity: string }[] }) => [
        source.slice(source.search(/[#:]/) + 1),
        ...findings.map(({ rule, severity }) => `${severity} ${rule}`),
      ],
    );
    const at = (serial: string | undefined) => (kind === "ndjson" ? serial : `devices/${serial}.crt`);
    expect(found).toEqual([
      ...others.map(({ serial }) => [at(serial)]),
      [
        at(second.serial),
        "error record.fingerprint",
        "error record.key",
        "error record.serial",
        "error record.name",
      ],
      [at(more[1]?.serial), "error manifest.extra"],
      [at(first.serial), "error manifest.missing"],
    ]);
    for (const file of [listOf(`changed-${out}`), `${listOf(`changed-${out}`)}.sig`]) rmSync(place.at(file));
  });

  it.each(KINDS)("says of a batch that made no device that there is nothing to verify, %s", (kind) => {
    const out = `none-${outOf(kind)}`;
    const list = writeBatch(place.at(out), root, []);
    expect(verify("--manifest", listOf(out))).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining(
        `error: ${listOf(out)} lists no device, and there is none: there is nothing to verify\n`,
      ),
    });
    // What somebody has put there is told of all the same.
    expect(verify("--manifest", listOf(out), outOf("tar")).stdout).toContain("manifest.extra");
    for (const file of [out, list, `${list}.sig`])
      rmSync(file.startsWith("/") ? file : place.at(file), { recursive: true });
  });

  it("still wants every certificate to be compliant", () => {
    const { status, stdout } = place.samicerts([
      "verify",
      "--manifest",
      LIST,
      "--root",
      "root.crt",
      "--policy",
      "sami",
      "--at",
      "2026-01-12",
    ]);
    expect(status).toBe(1);
    expect(stdout).toContain("error path.expired: ");
  });

  it("is told of a slip in the command", () => {
    expect(verify("--manifest", "root.crt").stderr).toContain(
      "error: the manifest is not signed: root.crt.sig",
    );
    expect(verify("--manifest", LIST, "a", "b").stderr).toContain(
      "--manifest is of one output, and there are 2 paths",
    );
    expect(verify("--manifest", LIST, "root.crt").stderr).toContain(
      "root.crt is neither a directory nor an archive that a batch writes",
    );
    copyFileSync(place.at(`${LIST}.sig`), place.at(`${outOf("tar")}.sig`));
    expect(verify("--manifest", outOf("tar")).status).toBe(1);
    appendFileSync(place.at(LIST), "\n");
    expect(verify("--manifest", LIST).status).toBe(1);
  });
});

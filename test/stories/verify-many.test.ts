import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writePem } from "../../src/x509/pem.ts";
import { DAY, mint, testKey } from "../unit/x509/mint.ts";
import { COMMAND, makePlace, type Place, plainEnvironment } from "./command.ts";

// Enough for three threads.
const COUNT = 1500;
const NOW = Date.UTC(2026, 5, 1);
const WORDS = ["verify", "devices", "--root", "root.crt", "--policy", "rfc5280", "--at", "2026-06-01"];

let place: Place;
beforeAll(() => {
  place = makePlace();
  const rootKey = testKey();
  const key = testKey();
  const pem = (certificate: { readonly der: Uint8Array }) => writePem("CERTIFICATE", certificate.der);
  const root = mint({ subject: "root", key: rootKey, ca: true, notAfterMs: NOW + 100 * DAY });
  const device = { issuer: "root", key, by: rootKey, notAfterMs: NOW + DAY };
  writeFileSync(place.at("root.crt"), pem(root));
  mkdirSync(place.at("devices", "deep"), { recursive: true });
  for (let n = 0; n < COUNT; n++) {
    const subject = `device ${n}`;
    const content =
      n % 97 === 13
        ? "not a certificate\n"
        : n % 53 === 7
          ? pem(mint({ ...device, subject, breakSignature: true }))
          : n % 41 === 3
            ? pem(mint({ ...device, subject, notAfterMs: NOW - DAY })) + pem(root)
            : pem(mint({ ...device, subject }));
    const directory = n % 5 === 0 ? "devices/deep" : "devices";
    writeFileSync(place.at(directory, `${String(n).padStart(5, "0")}.crt`), content);
  }
});
afterAll(() => place.remove());

describe("very many certificates", () => {
  it.each([
    [[]],
    [["--verbose"]],
    [["--quiet"]],
    [["--json"]],
    [["--format", "junit"]],
    [["--format", "sarif"]],
  ])("are told of the same in one thread and in three: %j", (format) => {
    const words = [...WORDS, ...format];
    const alone = place.samicerts([...words, "--jobs", "1"]);
    expect(alone.status).toBe(2);
    expect(alone.stdout.length).toBeGreaterThan(1000);
    expect(place.samicerts([...words, "--jobs", "3"])).toEqual(alone);
  });

  it("come in the order of their names, each once", () => {
    const { certificates, summary } = JSON.parse(
      place.samicerts([...WORDS, "--json", "--jobs", "3"]).stdout,
    ) as { certificates: { source: string; verdict: string }[]; summary: Record<string, number> };
    const sources = certificates.map(({ source }) => source);
    const names = Array.from({ length: COUNT }, (_, n) => String(n).padStart(5, "0"));
    // The directory below has its place by its name, behind the digits.
    const inDeep = (_: string, n: number) => n % 5 === 0;
    expect(sources).toEqual([
      ...names.filter((name, n) => !inDeep(name, n)).map((name) => `devices/${name}.crt`),
      ...names.filter(inDeep).map((name) => `devices/deep/${name}.crt`),
    ]);
    const counted = (verdict: string) => certificates.filter((each) => each.verdict === verdict).length;
    expect(summary).toMatchObject({
      total: COUNT,
      compliant: counted("compliant"),
      nonCompliant: counted("non-compliant"),
      unreadable: Array.from(names, (_, n) => n).filter((n) => n % 97 === 13).length,
    });
  });

  it("end with the verdict on all of them although nobody reads to the end", async () => {
    const words = [...WORDS, "--verbose", "--jobs", "3"];
    const child = spawn(process.execPath, [COMMAND, ...words], {
      cwd: place.directory,
      env: plainEnvironment(),
      stdio: ["ignore", "pipe", "ignore"],
    });
    child.stdout.once("data", () => child.stdout.destroy());
    expect(await once(child, "exit")).toEqual([2, null]);
  });

  it("say what is wrong with --jobs", () => {
    for (const jobs of ["0", "-1", "two", "1.5", "1000"])
      expect(place.samicerts([...WORDS, `--jobs=${jobs}`])).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(`error: --jobs can't be "${jobs}"`),
      });
  });
});

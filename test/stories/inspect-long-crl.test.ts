import { closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { signatureAlgorithmFor } from "../../src/x509/algorithms.ts";
import { assembleCrl, encodeCrlEntries, encodeTbsCrl } from "../../src/x509/crl-encode.ts";
import { parseName } from "../../src/x509/name-syntax.ts";
import { pemPieces } from "../../src/x509/pem.ts";
import { makePlace, type Place } from "./command.ts";

let place: Place;
beforeAll(() => {
  place = makePlace();
  // Says at its end how much memory there was at most.
  writeFileSync(
    place.at("peak.cjs"),
    'process.on("exit", () => require("node:fs").writeSync(2, String(process.resourceUsage().maxRSS)));',
  );
});
afterAll(() => place.remove());

const MOMENT = Date.UTC(2026, 10, 1);
const PIECE = 5000;

/** Writes a CRL of so many entries, in DER; its signature holds for nobody. */
function writeCrl(name: string, count: number): void {
  const pieces = Array.from({ length: count / PIECE }, (_, piece) =>
    encodeCrlEntries(
      Array.from({ length: PIECE }, (__, n) => ({
        serial: BigInt(1e12 + piece * PIECE + n),
        reason: "keyCompromise" as const,
        revokedMs: MOMENT,
        invalidFromMs: MOMENT,
      })),
    ),
  );
  const signatureAlgorithm = signatureAlgorithmFor({ kind: "ec", curve: "P-256" });
  const draft = {
    issuer: parseName("CN=x"),
    thisUpdateMs: MOMENT,
    nextUpdateMs: MOMENT + 86_400_000,
    number: 7,
    authorityKeyIdentifier: Buffer.alloc(20, 3),
    signatureAlgorithm,
  };
  const fd = openSync(place.at(name), "w");
  const signature = new Uint8Array(64);
  for (const part of assembleCrl(encodeTbsCrl(draft, pieces), signatureAlgorithm, signature))
    writeSync(fd, part);
  closeSync(fd);
}

function look(name: string): { readonly text: string; readonly peakBytes: number } {
  const env = { NODE_OPTIONS: `--require ${place.at("peak.cjs")}` };
  const { status, stdout, stderr } = place.samicerts(["inspect", name], { env });
  expect(status, stderr).toBe(0);
  return { text: stdout, peakBytes: Number(stderr) * 1024 };
}

it("inspect of a CRL with a million certificates takes no more memory than of one with ten thousand", () => {
  writeCrl("short.crl", 10_000);
  writeCrl("long.crl", 1_000_000);
  const short = look("short.crl");
  const long = look("long.crl");
  expect(long.text).toContain(
    "\n  revokes      1,000,000 certificates\n               1,000,000 keyCompromise\n",
  );
  expect(long.text).toContain("\n  the first 5 of 1,000,000\n");
  const { size } = statSync(place.at("long.crl"));
  expect(size).toBeGreaterThan(60e6);
  expect(short.peakBytes).toBeGreaterThan(20e6);
  expect(long.peakBytes - short.peakBytes).toBeLessThan(size / 3);
  // In PEM too, which is larger by a third.
  const pem = openSync(place.at("long.pem"), "w");
  for (const piece of pemPieces("X509 CRL", [readFileSync(place.at("long.crl"))])) writeSync(pem, piece);
  closeSync(pem);
  const same = look("long.pem");
  expect(same.text.replace("CRL long.pem", "CRL long.crl")).toBe(long.text);
  expect(same.peakBytes - short.peakBytes).toBeLessThan(size / 3);
  for (const name of ["long.crl", "long.pem"]) rmSync(place.at(name));
});

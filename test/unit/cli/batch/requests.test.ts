import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SamicertsError } from "../../../../src/base/errors.ts";
import { judgeRequests, readRequests } from "../../../../src/cli/batch/requests.ts";
import { keyGenerator } from "../../../../src/keys/generate.ts";
import { parseKeySpec } from "../../../../src/x509/algorithms.ts";
import { parseName } from "../../../../src/x509/name-syntax.ts";
import { writePem } from "../../../../src/x509/pem.ts";
import { assembleRequest, encodeRequestInfo } from "../../../../src/x509/request.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "samicerts-requests-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

function makeRequest(): { readonly der: Uint8Array; readonly publicKey: Uint8Array } {
  const key = keyGenerator(parseKeySpec("ec:P-256"))();
  const signer = key.signer();
  const info = encodeRequestInfo({ subject: parseName("/CN=x"), publicKey: key.publicKey.der });
  return {
    der: assembleRequest(info, signer.algorithm, signer.sign(info)),
    publicKey: key.publicKey.der,
  };
}

const damaged = (der: Uint8Array): Uint8Array => der.with(der.length - 1, (der.at(-1) as number) ^ 1);

it("checks a request's proof unless these very octets were proven before", () => {
  const good = makeRequest();
  const bad = damaged(good.der);
  writeFileSync(join(dir, "good.csr"), good.der);
  writeFileSync(join(dir, "bad.csr"), bad);
  const codes = (requests: Parameters<typeof readRequests>[0]) =>
    readRequests(requests, dir).map((read) => ("error" in read ? read.error.code : "read"));
  expect(codes([{ request: "good.csr" }, { request: "bad.csr" }])).toEqual(["read", "request.proof"]);
  // Nobody vouches for octets that are other than those that were proven.
  const proven = sha256(good.der);
  expect(codes([{ request: "bad.csr", proven }])).toEqual(["request.proof"]);
  expect(codes([{ request: "good.csr", proven }])).toEqual(["read"]);
  // That it is not checked again can be seen of one that would not pass.
  expect(codes([{ request: "bad.csr", proven: sha256(bad) }])).toEqual(["read"]);
  const pem = writePem("CERTIFICATE REQUEST", bad);
  expect(codes([{ request: pem, proven: sha256(pem) }, { request: pem }])).toEqual(["read", "request.proof"]);
  const [read] = readRequests([{ request: "good.csr" }], dir);
  const { publicKey, request } = read as Extract<typeof read, { readonly request: Uint8Array }>;
  expect([publicKey, request].map(sha256)).toEqual([good.publicKey, good.der].map(sha256));
});

it("gives what a request is known by, once its proof and the judge have let it pass", () => {
  const { der, publicKey } = makeRequest();
  writeFileSync(join(dir, "good.csr"), der);
  writeFileSync(join(dir, "bad.csr"), damaged(der));
  const asked: unknown[] = [];
  const device = { serial: 7n, name: "n", days: 2 };
  const judge = (who: object, key: { readonly der: Uint8Array }): void => {
    asked.push(who, key.der);
  };
  const refuse = (): never => {
    throw new SamicertsError({ kind: "refused", code: "policy.refused", message: "m", hint: "h" });
  };
  const requests = ["good.csr", "bad.csr", "none.csr"].map((request) => ({ ...device, request }));
  expect(judgeRequests(requests, dir, judge)).toMatchObject([
    { spkiSha256: sha256(publicKey), sha256: sha256(der) },
    { error: { code: "request.proof" } },
    { error: { kind: "input", code: "io.missing" } },
  ]);
  expect(asked).toEqual([{ serial: 7n, name: "n", validity: { lengthMs: 2 * 86_400_000 } }, publicKey]);
  expect(judgeRequests(requests.slice(0, 1), dir, refuse)).toMatchObject([
    { error: { code: "policy.refused" } },
  ]);
  const broken = (): never => {
    throw new SamicertsError({ kind: "io", code: "io.failed", message: "m", hint: "h" });
  };
  expect(() => judgeRequests(requests.slice(0, 1), dir, broken)).toThrow(SamicertsError);
});

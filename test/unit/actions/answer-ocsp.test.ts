import { createHash, sign } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import {
  type AnsweredAuthority,
  createAnswerer,
  type OcspAnswerer,
} from "../../../src/actions/answer-ocsp.ts";
import type { Responder } from "../../../src/actions/choose-responder.ts";
import { issuerEntry, ledgerEntry } from "../../../src/actions/record.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { memoryLedger } from "../../../src/ledger/memory.ts";
import { signatureAlgorithmFor } from "../../../src/x509/algorithms.ts";
import { DerReader, readSequence } from "../../../src/x509/der-reader.ts";
import { verifySignature } from "../../../src/x509/signature.ts";
import { DAY, mint, NOW, testKey } from "../x509/mint.ts";
import { certId, mintRequest, nonce } from "../x509/ocsp-scene.ts";

const rootKey = testKey();
const root = mint({ subject: "Root", key: rootKey, ca: true });
const responderKey = testKey();
const responderCertificate = mint({
  subject: "R",
  issuer: "Root",
  key: responderKey,
  by: rootKey,
  notAfterMs: NOW + DAY,
});
const algorithm = signatureAlgorithmFor(responderKey.publicKey);
const responder: Responder = {
  certificate: responderCertificate,
  signer: {
    publicKey: responderKey.publicKey,
    algorithm,
    sign: (tbs) => sign("sha256", tbs, responderKey.privateKey),
  },
};
const HOUR = 3_600_000;

let ledger: Ledger;
let id: number;
let nowMs: number;
let current: Responder | undefined;
let answerer: OcspAnswerer;
beforeEach(() => {
  ledger = memoryLedger().open();
  id = ledger.addIssuer(issuerEntry(root, 0));
  for (const serial of ["5", "6", "7"]) {
    const device = mint({ subject: serial, issuer: "Root", key: testKey(), by: rootKey });
    ledger.commit(ledger.reserve({ issuer: id, serial, name: serial, atMs: 1 }), ledgerEntry(device, 1));
  }
  ledger.reserve({ issuer: id, serial: "8", name: "8", atMs: 1 });
  ledger.revocations.revoke(
    [
      { issuer: id, serial: "6", reason: "keyCompromise", revokedMs: NOW - DAY },
      { issuer: id, serial: "7", reason: "unspecified", revokedMs: NOW - DAY },
    ],
    1,
  );
  nowMs = NOW + 789;
  current = responder;
  const authority: AnsweredAuthority = { id, certificate: root, responder: () => current };
  answerer = createAnswerer([authority], { ledger, clock: { now: () => nowMs }, validityMs: HOUR });
});

/** The parts of a basic response, as far as tests look at them. */
function read(der: Uint8Array) {
  const outer = readSequence(der, "response");
  const status = outer.smallInteger("status", 0x0a);
  if (outer.done) return { status };
  const bytes = outer.enter(0xa0, "responseBytes").sequence("ResponseBytes");
  expect(bytes.oid("type")).toBe("1.3.6.1.5.5.7.48.1.1");
  const basic = readSequence(bytes.octetString("response"), "basic");
  const start = basic.offset;
  const data = basic.sequence("data");
  const tbs = basic.bytes.subarray(start, basic.offset);
  basic.element("algorithm");
  const signature = basic.octetsInBits("signature");
  const certificates = basic.enter(0xa0, "certs").sequence("certs");
  const certificate = certificates.element("certificate");
  const responderId = data.enter(0xa2, "responderID").octetString("key hash");
  const time = (reader: DerReader): string => Buffer.from(reader.content(0x18, "time")).toString();
  const producedAt = time(data);
  const list = data.sequence("responses");
  const answers: unknown[][] = [];
  while (!list.done) {
    const single = list.sequence("single");
    single.sequence("id");
    const tag = single.peek();
    const content = new DerReader(single.element("status"));
    const inner = tag === 0xa1 ? content.enter(0xa1, "revoked") : undefined;
    const revoked = inner === undefined ? undefined : time(inner);
    const reason =
      inner?.done === false ? inner.enter(0xa0, "reason").smallInteger("reason", 0x0a) : undefined;
    const thisUpdate = time(single);
    answers.push([tag, revoked, reason, thisUpdate, time(single.enter(0xa0, "next"))]);
  }
  const extensions = data.enterOptional(0xa1, "extensions");
  return { status, tbs, signature, certificate, responderId, producedAt, answers, extensions };
}

const ask = (...serials: number[]) =>
  answerer(mintRequest({ ids: serials.map((serial) => certId(root, serial)) }));

/** What is said of each certificate: the tag, when it was revoked, and why. */
const said = (der: Uint8Array): unknown => read(der).answers?.map((one) => one.slice(0, 3));
const GOOD = [[0x80, undefined, undefined]];

describe("an answerer", () => {
  it("tells what the ledger knows, of several at once, signed by its responder", () => {
    const { der, cacheable } = ask(5, 6, 7);
    const { answers, tbs, signature, certificate, responderId, producedAt } = read(der);
    const [at, next] = ["20260101000000Z", "20260101010000Z"];
    expect(answers).toEqual([
      [0x80, undefined, undefined, at, next],
      [0xa1, "20251231000000Z", 1, at, next],
      [0xa1, "20251231000000Z", undefined, at, next],
    ]);
    expect(producedAt).toBe(at);
    expect(certificate).toEqual(responderCertificate.der);
    expect(Buffer.from(responderId ?? [])).toEqual(
      createHash("sha1").update(responderKey.publicKey.bits).digest(),
    );
    expect(
      verifySignature(
        tbs ?? new Uint8Array(0),
        algorithm,
        signature ?? new Uint8Array(0),
        responderKey.publicKey,
      ).ok,
    ).toBe(true);
    expect(cacheable).toEqual({ fromMs: NOW, untilMs: NOW + HOUR });
  });

  it("does not know what was not issued, and has nobody keep that", () => {
    for (const serial of [8, 9]) {
      const { der, cacheable } = ask(serial);
      expect(said(der)).toEqual([[0x82, undefined, undefined]]);
      expect(cacheable).toBeUndefined();
    }
  });

  it("knows its issuer by SHA-1 and by SHA-256, and speaks for no other", () => {
    expect(said(answerer(mintRequest({ ids: [certId(root, 5, "sha256")] })).der)).toEqual(GOOD);
    const other = mint({ subject: "Root", key: testKey(), ca: true });
    const renamed = mint({ subject: "Other", key: rootKey, ca: true });
    for (const issuer of [other, renamed]) {
      const outcome = answerer(mintRequest({ ids: [certId(issuer, 5)] }));
      expect([read(outcome.der).status, outcome.failure]).toEqual([6, "unauthorized"]);
    }
    const both = answerer(mintRequest({ ids: [certId(root, 5), certId(other, 5)] }));
    expect(both.failure).toBe("unauthorized");
  });

  it("gives a nonce back, and has nobody keep that", () => {
    const octets = Buffer.alloc(32, 7);
    const { der, cacheable } = answerer(mintRequest({ ids: [certId(root, 5)], extensions: [nonce(octets)] }));
    const list = read(der).extensions?.sequence("extensions").sequence("extension");
    expect(list?.oid("oid")).toBe("1.3.6.1.5.5.7.48.1.2");
    expect(list?.wrapped("value").octetString("nonce")).toEqual(octets);
    expect(cacheable).toBeUndefined();
  });

  it("says that it can't where it can't", () => {
    expect(answerer(Buffer.from("hello"))).toEqual({
      der: Buffer.from("30030a0101", "hex"),
      failure: "malformedRequest",
    });
    current = undefined;
    expect(answerer(mintRequest({ ids: [certId(root, 5)] }))).toEqual({
      der: Buffer.from("30030a0103", "hex"),
      failure: "tryLater",
    });
  });

  it("lets no answer outlast its responder", () => {
    nowMs = NOW + DAY - 60_000;
    expect(read(ask(5).der).answers).toEqual([
      [0x80, undefined, undefined, "20260101235900Z", "20260102000000Z"],
    ]);
  });

  it("sees at once what was revoked since", () => {
    expect(said(ask(5).der)).toEqual(GOOD);
    ledger.revocations.revoke([{ issuer: id, serial: "5", reason: "certificateHold", revokedMs: NOW }], 1);
    expect(said(ask(5).der)).toEqual([[0xa1, "20260101000000Z", 6]]);
    ledger.revocations.release({ issuer: id, serial: "5" }, 2);
    expect(said(ask(5).der)).toEqual(GOOD);
  });
});

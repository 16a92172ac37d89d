import { randomBytes, webcrypto } from "node:crypto";
import "reflect-metadata";
import * as peculiar from "@peculiar/x509";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { algorithmIdentifier } from "../../src/x509/algorithms.ts";
import { memorySource } from "../../src/x509/byte-source.ts";
import { type CrlEntry, decodeCrl } from "../../src/x509/crl.ts";
import { assembleCrl, encodeCrlEntries, encodeTbsCrl } from "../../src/x509/crl-encode.ts";
import { findCrlEntry, indexCrl } from "../../src/x509/crl-index.ts";
import { REVOCATION_REASONS, reasonCode } from "../../src/x509/crl-reason.ts";
import { encodeSmallInteger } from "../../src/x509/der-writer.ts";
import { encodeAuthorityKeyIdentifier, encodeExtension } from "../../src/x509/extension-encode.ts";
import { CRL_OID } from "../../src/x509/oids.ts";
import { serialOctets, serialValue } from "../../src/x509/serial.ts";
import { commonName } from "../unit/x509/mint.ts";

const provider = webcrypto as unknown as Parameters<typeof peculiar.X509CrlGenerator.create>[1];
const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const ALGORITHM = algorithmIdentifier("1.2.840.10045.4.3.2");
const random = { bytes: (count: number) => randomBytes(count) };

const second = (from: number, to: number) =>
  fc.integer({ min: Date.UTC(from, 0, 1) / 1000, max: Date.UTC(to, 0, 1) / 1000 }).map((s) => s * 1000);
const entry = fc.record(
  {
    serial: fc.bigInt({ min: 1n, max: 2n ** 159n - 1n }),
    reason: fc.constantFrom(...REVOCATION_REASONS),
    revokedMs: second(1950, 9999),
    invalidFromMs: second(1970, 9999),
  },
  { requiredKeys: ["serial", "reason", "revokedMs"] },
);
// What they write for an entry without extensions is an empty list of them, which there can't be.
const extended = entry.filter(
  ({ reason, invalidFromMs }) => reason !== "unspecified" || invalidFromMs !== undefined,
);
const crl = fc.record({
  entries: fc.uniqueArray(extended, { maxLength: 40, selector: ({ serial }) => serial }),
  number: fc.integer({ min: 0, max: 2 ** 53 - 1 }),
  keyId: fc.uint8Array({ minLength: 20, maxLength: 20 }),
  thisUpdateMs: second(2000, 2100),
  nextUpdateMs: second(2000, 2100),
});

describe("CRLs against @peculiar/x509", () => {
  let keys: webcrypto.CryptoKeyPair;
  beforeAll(async () => {
    keys = await webcrypto.subtle.generateKey(EC, false, ["sign", "verify"]);
  });

  it("are the same to the octet, and are read the same", async () => {
    await fc.assert(
      fc.asyncProperty(crl, async ({ entries, number, keyId, thisUpdateMs, nextUpdateMs }) => {
        const extensions = [
          encodeAuthorityKeyIdentifier(keyId),
          encodeExtension(CRL_OID.cRLNumber, false, encodeSmallInteger(number)),
        ];
        const theirs = await peculiar.X509CrlGenerator.create(
          {
            issuer: new peculiar.Name([{ CN: [{ utf8String: "issuer" }] }]),
            thisUpdate: new Date(thisUpdateMs),
            nextUpdate: new Date(nextUpdateMs),
            extensions: extensions.map((der) => new peculiar.Extension(der)),
            entries: entries.map(({ serial, reason, revokedMs, invalidFromMs }) => ({
              serialNumber: Buffer.from(serialOctets(serial)).toString("hex"),
              revocationDate: new Date(revokedMs),
              ...(reason === "unspecified" ? {} : { reason: reasonCode(reason) as peculiar.X509CrlReason }),
              ...(invalidFromMs === undefined ? {} : { invalidity: new Date(invalidFromMs) }),
            })),
            signingAlgorithm: EC,
            signingKey: keys.privateKey as never,
          },
          provider,
        );
        const der = Buffer.from(theirs.rawData);
        const read: CrlEntry[] = [];
        const decoded = decodeCrl(memorySource(der), "theirs", (one) => void read.push(one));
        const tbs = encodeTbsCrl(
          {
            signatureAlgorithm: ALGORITHM,
            issuer: commonName("issuer"),
            thisUpdateMs,
            nextUpdateMs,
            number,
            authorityKeyIdentifier: keyId,
          },
          // In pieces as well as in one.
          entries.length > 1
            ? [encodeCrlEntries(entries.slice(0, 1)), encodeCrlEntries(entries.slice(1))]
            : [encodeCrlEntries(entries)],
        );
        expect(tbs).toEqual(der.subarray(decoded.tbs.at, decoded.tbs.end));
        expect(Buffer.concat(assembleCrl(tbs, ALGORITHM, decoded.signature))).toEqual(der);
        expect(
          read.map(({ serial, reason, revokedMs, invalidityMs }) => [
            serialValue(serial),
            reason ?? "unspecified",
            revokedMs,
            invalidityMs,
          ]),
        ).toEqual(
          entries.map(({ serial, reason, revokedMs, invalidFromMs }) => [
            serial,
            reason,
            revokedMs,
            invalidFromMs,
          ]),
        );
        expect(decoded).toMatchObject({
          version: 2,
          thisUpdate: { epochMs: thisUpdateMs },
          nextUpdate: { epochMs: nextUpdateMs },
          known: { number: BigInt(number), authorityKeyIdentifier: { keyIdentifier: keyId } },
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe("entries without extensions", () => {
  it("are read by @peculiar/x509", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.bigInt({ min: 1n, max: 2n ** 159n - 1n }), { minLength: 1 }),
        (serials) => {
          const drafts = serials.map((serial) => ({
            serial,
            reason: "unspecified" as const,
            revokedMs: 5000,
          }));
          const tbs = encodeTbsCrl(
            {
              signatureAlgorithm: ALGORITHM,
              issuer: commonName("issuer"),
              thisUpdateMs: 0,
              nextUpdateMs: 0,
              number: 1,
              authorityKeyIdentifier: new Uint8Array(20),
            },
            [encodeCrlEntries(drafts)],
          );
          const der = Buffer.concat(assembleCrl(tbs, ALGORITHM, new Uint8Array(8)));
          const read = new peculiar.X509Crl(der).entries;
          expect(read.map(({ serialNumber }) => BigInt(`0x${serialNumber}`))).toEqual(serials);
          expect(read.every(({ extensions }) => extensions.length === 0)).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe("an index", () => {
  it("finds each serial number that is there, and none that is not", () => {
    const serials = fc.uniqueArray(fc.bigInt({ min: 1n, max: 2n ** 159n - 1n }), {
      maxLength: 3000,
      size: "max",
    });
    fc.assert(
      fc.property(serials, fc.array(fc.bigInt({ min: 1n, max: 2n ** 159n - 1n })), (there, others) => {
        const drafts = there.map((serial, i) => ({
          serial,
          reason: "unspecified" as const,
          revokedMs: i * 1000,
        }));
        const tbs = encodeTbsCrl(
          {
            signatureAlgorithm: ALGORITHM,
            issuer: commonName("issuer"),
            thisUpdateMs: 0,
            nextUpdateMs: 0,
            number: 1,
            authorityKeyIdentifier: new Uint8Array(20),
          },
          [encodeCrlEntries(drafts)],
        );
        const source = memorySource(Buffer.concat(assembleCrl(tbs, ALGORITHM, new Uint8Array(8))));
        const indexed = indexCrl(source, "x", random);
        expect(indexed.count).toBe(there.length);
        const find = (serial: bigint) => {
          const octets = serialOctets(serial);
          const integer = (octets[0] as number) >= 0x80 ? Buffer.concat([Uint8Array.of(0), octets]) : octets;
          return findCrlEntry(source, indexed, integer, "x");
        };
        for (const [i, serial] of there.entries()) expect(find(serial)?.revokedMs).toBe(i * 1000);
        for (const serial of others) if (!there.includes(serial)) expect(find(serial)).toBeUndefined();
      }),
      { numRuns: 20 },
    );
  });
});

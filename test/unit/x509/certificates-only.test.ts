import { expect, it } from "vitest";
import { encodeCertificatesOnly } from "../../../src/x509/certificates-only.ts";
import { readSignedData } from "../../../src/x509/signed-data.ts";
import { mint, testKey } from "./mint.ts";

it("packs certificates in DER's order, and as many as there are", () => {
  const key = testKey();
  const some = Array.from({ length: 3 }, (_, n) => mint({ subject: `n ${n}`, key }).der);
  const read = (all: readonly Uint8Array[]) =>
    readSignedData(encodeCertificatesOnly(all), "it").certificates.map((der) => Buffer.from(der));
  expect(read(some)).toEqual([...some].sort(Buffer.compare).map((der) => Buffer.from(der)));
  expect(read([])).toEqual([]);
  const many: readonly Uint8Array[] = Array(200_000).fill(Uint8Array.of(0x30, 0));
  expect(encodeCertificatesOnly(many).length).toBeGreaterThan(400_000);
});

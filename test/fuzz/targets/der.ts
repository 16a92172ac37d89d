import { DerReader } from "../../../src/x509/der-reader.ts";
import { encode, encodeSequence } from "../../../src/x509/der-writer.ts";
import { withDer } from "../grammar.ts";
import { type CreateTarget, repeated } from "../target.ts";
import { CERTIFICATES } from "./seed-certificates.ts";

/** Elements of any kind, to the bottom. */
export const createDer: CreateTarget = () => ({
  name: "DER",
  seeds: CERTIFICATES,
  mutate: withDer,
  read: (input) => walk(new DerReader(input)),
  large: (octets) => [
    encodeSequence(repeated(encode(5), octets)),
    encode(4, Buffer.alloc(octets)),
    encode(0x31, repeated(Buffer.from("020101", "hex"), octets)),
    nested(octets),
  ],
});

function walk(reader: DerReader): number {
  let count = 0;
  while (!reader.done) {
    const tag = reader.peek();
    if (tag === 0x31) reader.setOf("set");
    else if ((tag & 0x20) !== 0) count += walk(reader.enter(tag, "element"));
    else count += reader.element("element").length;
  }
  return count;
}

function nested(octets: number): Uint8Array {
  let inner: Uint8Array = new Uint8Array();
  while (inner.length < Math.min(octets, 20_000)) inner = encodeSequence(inner);
  return inner;
}

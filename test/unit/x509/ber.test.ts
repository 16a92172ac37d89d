import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toDefiniteForm } from "../../../src/x509/ber.ts";
import { readPem } from "../../../src/x509/pem.ts";

const rewritten = (hex: string): string =>
  Buffer.from(toDefiniteForm(Buffer.from(hex.replaceAll(" ", ""), "hex"), "it")).toString("hex");

describe("toDefiniteForm", () => {
  it.each([
    ["an indefinite length", "30 80 02 01 03 00 00", "3003020103"],
    ["one in another", "30 80 30 80 05 00 00 00 00 00", "300430020500"],
    ["a length in more octets than it needs", "30 82 00 04 02 81 01 03", "3003020103"],
    ["an octet string in pieces", "24 80 04 01 aa 04 02 bb cc 00 00", "0403aabbcc"],
    ["pieces of pieces", "24 09 24 80 04 01 aa 00 00 04 00", "0401aa"],
    ["no content", "30 80 00 00", "3000"],
    ["octets in a string that look like an end", "24 80 04 02 00 00 00 00", "04020000"],
    ["an implicit tag", "a0 80 04 01 aa 00 00", "a0030401aa"],
  ])("rewrites %s", (_, from, to) => {
    expect(rewritten(from)).toBe(to);
  });

  it.each([
    ["no end", "30 80 02 01 03", "der.truncated"],
    ["half an end", "30 80 02 01 03 00", "der.truncated"],
    ["an end in what is longer", "30 03 02 01", "der.truncated"],
    ["an end outside what it ends", "30 04 30 80 00 00 00", "der.trailing"],
    ["an indefinite length of what is primitive", "04 80 00 00", "der.length"],
    ["an octet string of integers", "24 03 02 01 03", "der.tag"],
    ["a long tag", "1f 81 01 00", "der.tag"],
    ["a length of five octets", "30 85 00 00 00 00 00", "der.length"],
    ["something behind it", "30 80 00 00 00", "der.trailing"],
    ["nothing", "", "der.truncated"],
    ["nesting without end", "30 80 ".repeat(5000), "der.depth"],
  ])("refuses %s", (_, from, code) => {
    expect(() => rewritten(from)).toThrow(expect.objectContaining({ code }));
  });

  it("leaves a certificate as it is", () => {
    const path = new URL("../../../fixtures/certificates/key-usage/pass.pem", import.meta.url);
    const [block] = readPem(readFileSync(path), "pass.pem");
    const der = Buffer.from(block!.der);
    expect(der.equals(toDefiniteForm(der, "it"))).toBe(true);
  });

  it("comes to the same from any way of writing a tree", () => {
    fc.assert(
      fc.property(TREE, fc.infiniteStream(fc.nat({ max: 3 })), (tree, choices) => {
        const ber = encoded(tree, () => choices.next().value ?? 0);
        const der = encoded(tree, () => 0);
        expect(Buffer.from(toDefiniteForm(ber, "it")).toString("hex")).toBe(der.toString("hex"));
      }),
      { numRuns: 500 },
    );
  });
});

/** An octet string, or a sequence of such and of sequences. */
type Tree = Buffer | readonly Tree[];
const TREE: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small" },
    fc.uint8Array({ maxLength: 200 }).map((octets) => Buffer.from(octets)),
    fc.array(tie("tree"), { maxLength: 4 }),
  ),
})).tree;

/** Encodes; 0 chooses DER, 1 an indefinite length, 2 a long one, 3 a string in pieces. */
function encoded(tree: Tree, choose: () => number): Buffer {
  const choice = choose();
  if (!Buffer.isBuffer(tree))
    return wrapped(0x30, Buffer.concat(tree.map((each) => encoded(each, choose))), choice);
  if (choice !== 3 || tree.length < 2) return wrapped(0x04, tree, choice === 2 ? 2 : 0);
  const middle = tree.length >> 1;
  const pieces = [tree.subarray(0, middle), tree.subarray(middle)].map((piece) => wrapped(0x04, piece, 0));
  return wrapped(0x24, Buffer.concat(pieces), 1);
}

function wrapped(tag: number, content: Buffer, choice: number): Buffer {
  const { length } = content;
  if (choice === 1) return Buffer.concat([Buffer.from([tag, 0x80]), content, Buffer.alloc(2)]);
  if (choice === 2)
    return Buffer.concat([
      Buffer.from([tag, 0x84, 0, length >> 16, (length >> 8) & 255, length & 255]),
      content,
    ]);
  const short =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...short]), content]);
}

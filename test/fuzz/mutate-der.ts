import { encode } from "../../src/x509/der-writer.ts";
import type { Random } from "./random.ts";

/** A DER element as a tree: a tag, and children or content. */
interface Node {
  tag: number;
  children: Node[] | undefined;
  content: Uint8Array;
}

const MOST_DEPTH = 24;
const MOST_NODES = 4000;
const MOST_OCTETS = 1 << 18;
const TAGS = [
  1, 2, 3, 4, 5, 6, 10, 12, 19, 20, 22, 23, 24, 28, 30, 48, 49, 0x80, 0x81, 0x82, 0x86, 0xa0, 0xa1, 0xa3,
  0xa4,
];

/** Reads octets as elements one after another, leniently; undefined where they are none. */
function parse(bytes: Uint8Array, depth = 0, budget = { left: MOST_NODES }): Node[] | undefined {
  const nodes: Node[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (budget.left-- <= 0 || at + 2 > bytes.length) return undefined;
    const tag = bytes[at] as number;
    let length = bytes[at + 1] as number;
    at += 2;
    if (length > 0x80) {
      const count = length & 0x7f;
      if (count > 3) return undefined;
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + (bytes[at + i] ?? 0);
      at += count;
    } else if (length === 0x80) return undefined;
    if (at + length > bytes.length) return undefined;
    const content = bytes.subarray(at, at + length);
    at += length;
    nodes.push({
      tag,
      content,
      children: depth < MOST_DEPTH ? inside(tag, content, depth, budget) : undefined,
    });
  }
  return nodes;
}

/** Children of a constructed element, and of an OCTET STRING that wraps DER, as extensions and keys do. */
function inside(
  tag: number,
  content: Uint8Array,
  depth: number,
  budget: { left: number },
): Node[] | undefined {
  if ((tag & 0x20) === 0 && (tag !== 4 || content.length < 2)) return undefined;
  const children = parse(content, depth + 1, budget);
  return children !== undefined && (children.length > 0 || (tag & 0x20) !== 0) ? children : undefined;
}

/** Writes elements up to the octets left in `budget`, since one that is there many times may hold others that are. */
function writeAll(nodes: readonly Node[], budget: { left: number }): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { tag, children, content } of nodes) {
    budget.left -= 2 + (children === undefined ? content.length : 0);
    if (budget.left < 0) break;
    parts.push(encode(tag, children === undefined ? content : writeAll(children, budget)));
  }
  return Buffer.concat(parts);
}

function collect(nodes: readonly Node[], into: Node[]): Node[] {
  for (const node of nodes) {
    into.push(node);
    if (node.children !== undefined) collect(node.children, into);
  }
  return into;
}

/** Changes DER's structure: elements dropped, doubled, swapped, retagged, nested, taken from another input; lengths stay right. */
export function mutateDer(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const roots = parse(bytes);
  if (roots === undefined || roots.length === 0) return bytes;
  for (let change = random.below(3); change >= 0; change--) {
    const all = collect(roots, []);
    const node = random.pick(all);
    const parent = all.find((candidate) => candidate.children?.includes(node));
    const siblings = parent?.children ?? roots;
    const place = siblings.indexOf(node);
    switch (random.below(9)) {
      case 0:
        siblings.splice(place, 1);
        break;
      case 1:
        siblings.splice(place, 0, structuredClone(node));
        break;
      case 2:
        node.tag = random.pick(TAGS);
        break;
      case 3:
        siblings[place] = {
          tag: random.pick([0x30, 0x31, 0xa0, 0xa4]),
          content: new Uint8Array(),
          children: [node],
        };
        break;
      case 4: {
        const foreign = collect(parse(other) ?? [], []);
        if (foreign.length > 0) siblings[place] = structuredClone(random.pick(foreign));
        break;
      }
      case 5:
        if (siblings.length > 1) siblings.push(...siblings.splice(place, 1));
        break;
      case 6:
        if (node.children === undefined)
          node.content = Uint8Array.from(
            node.content,
            (octet) => octet ^ (random.below(8) === 0 ? 1 << random.below(8) : 0),
          );
        break;
      case 7:
        node.children = undefined;
        node.content = Uint8Array.from({ length: random.pick([0, 1, 2, 20, 127, 128, 256, 1000]) }, () =>
          random.pick([0, 0, 0x7f, 0x80, 0xff, 0x30, random.below(256)]),
        );
        break;
      default:
        // Many of the same, where a reader may compare each with each.
        for (let count = random.pick([10, 100, 600]); count > 0 && siblings.length < 2000; count--)
          siblings.push(node);
    }
    if (roots.length === 0) return new Uint8Array();
  }
  return writeAll(roots, { left: MOST_OCTETS });
}

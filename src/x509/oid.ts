import { SamicertsError } from "../base/errors.ts";

/** The longest object identifier accepted, in octets of content. */
const MAX_OID_OCTETS = 128;

/**
 * Reads an OBJECT IDENTIFIER's content between two offsets into dotted decimals (X.690, 8.19).
 * Gives undefined where it is empty, not minimal, cut off, or longer than 128 octets.
 */
export function oidFromContent(bytes: Uint8Array, start: number, stop: number): string | undefined {
  if (start >= stop || stop - start > MAX_OID_OCTETS) return undefined;
  let dotted = "";
  let value = 0;
  let big: bigint | undefined;
  let fresh = true;
  for (let at = start; at < stop; at++) {
    const octet = bytes[at] as number;
    if (fresh && octet === 0x80) return undefined;
    fresh = false;
    if (big === undefined && value > 0x3fffffff) big = BigInt(value);
    if (big === undefined) value = value * 128 + (octet & 0x7f);
    else big = big * 128n + BigInt(octet & 0x7f);
    if (octet >= 0x80) continue;
    if (dotted === "") {
      const first = big !== undefined || value >= 80 ? 2 : value >= 40 ? 1 : 0;
      dotted = `${first}.${big === undefined ? value - first * 40 : big - 80n}`;
    } else dotted += `.${big ?? value}`;
    value = 0;
    big = undefined;
    fresh = true;
  }
  return fresh ? dotted : undefined;
}

/** Tells whether `text` is an object identifier in dotted decimals, its first two arcs in range (X.660). */
export function isOid(text: string): boolean {
  return text.length <= 256 && /^(?:[01]\.(?:[1-3]?\d)|2\.(?:0|[1-9]\d*))(?:\.(?:0|[1-9]\d*))*$/.test(text);
}

/** An object identifier's DER content; throws `oid.invalid` where `dotted` is none. */
export function oidContent(dotted: string): Uint8Array {
  if (!isOid(dotted))
    throw new SamicertsError({
      kind: "input",
      code: "oid.invalid",
      message: `${JSON.stringify(dotted.slice(0, 60))} is not an object identifier`,
      hint: "write dotted decimals, such as 2.5.4.3",
    });
  const octets: number[] = [];
  const arcs = dotted.split(".");
  const [first = "", second = "", ...rest] = arcs;
  pushArc(
    octets,
    second.length > 15 ? BigInt(first) * 40n + BigInt(second) : Number(first) * 40 + Number(second),
  );
  for (const arc of rest) pushArc(octets, arc.length > 15 ? BigInt(arc) : Number(arc));
  return Uint8Array.from(octets);
}

function pushArc(octets: number[], arc: number | bigint): void {
  const at = octets.length;
  if (typeof arc === "number") {
    octets.push(arc % 128);
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128))
      octets.splice(at, 0, (rest % 128) | 0x80);
    return;
  }
  octets.push(Number(arc & 0x7fn));
  for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) octets.splice(at, 0, Number(rest & 0x7fn) | 0x80);
}

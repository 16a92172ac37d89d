import type { Random } from "./random.ts";

const OCTETS = [
  0, 1, 0x09, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x2d, 0x30, 0x3d, 0x5c, 0x7f, 0x80, 0x84, 0xbf, 0xc0, 0xef, 0xff,
];

/** Changes octets without regard to what they mean: flipped, set, cut, doubled, moved, spliced with another input. */
export function mutateBytes(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let changed = Buffer.from(bytes);
  for (let change = random.below(4); change >= 0; change--) {
    const at = random.below(changed.length + 1);
    const length = Math.min(changed.length - at, 1 + random.below(random.pick([2, 16, 256])));
    switch (random.below(7)) {
      case 0:
        if (at < changed.length) changed[at] = (changed[at] as number) ^ (1 << random.below(8));
        break;
      case 1:
        if (at < changed.length) changed[at] = random.pick(OCTETS);
        break;
      case 2:
        changed = Buffer.concat([changed.subarray(0, at), changed.subarray(at + length)]);
        break;
      case 3:
        changed = Buffer.concat([changed.subarray(0, at + length), changed.subarray(at)]);
        break;
      case 4:
        changed = Buffer.concat([
          changed.subarray(0, at),
          Buffer.from([random.pick(OCTETS)]),
          changed.subarray(at),
        ]);
        break;
      case 5: {
        const from = random.below(other.length + 1);
        changed = Buffer.concat([
          changed.subarray(0, at),
          other.subarray(from, from + 1 + random.below(512)),
          changed.subarray(at),
        ]);
        break;
      }
      default: {
        // A run of one piece, for what may take the square of its length.
        const piece = changed.subarray(at, at + Math.min(length, 8));
        const times = piece.length === 0 ? 0 : random.pick([4, 64, 2000]);
        changed = Buffer.concat([
          changed.subarray(0, at),
          Buffer.concat(Array(times).fill(piece)),
          changed.subarray(at),
        ]);
      }
    }
  }
  return changed.subarray(0, 1 << 18);
}

/** Octets in a seemingly random order, from the digits of pi (RFC 2268, 2). */
const PI_TABLE: Uint8Array = Buffer.from(
  [
    "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2",
    "179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82",
    "54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626",
    "6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7",
    "08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec",
    "c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731",
    "2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9",
    "0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad",
  ].join(""),
  "hex",
);
const BLOCK_OCTETS = 8;
const EXPANDED_OCTETS = 128;
/** How far each word of a block is turned in a mixing round (RFC 2268, 3.1). */
const TURNS = [1, 2, 3, 5] as const;
const ROUNDS = 16;
/** The mixing rounds, counted from the last, after which a mashing round is undone (RFC 2268, 4.3). */
const MASHED_AFTER: ReadonlySet<number> = new Set([5, 11]);

/**
 * Decrypts RC2 (RFC 2268, 4) with all bits of the key in effect, in CBC mode with PKCS#5's padding; undefined where what
 * comes out is not padded, or is not whole blocks. For reading old PKCS#12 files only: OpenSSL 3 has it no longer.
 */
export function decryptRc2(encrypted: Uint8Array, key: Uint8Array, iv: Uint8Array): Buffer | undefined {
  if (encrypted.length === 0 || encrypted.length % BLOCK_OCTETS !== 0) return undefined;
  const words = expandKey(key);
  const plain = Buffer.alloc(encrypted.length);
  let before = iv;
  for (let at = 0; at < encrypted.length; at += BLOCK_OCTETS) {
    const block = encrypted.subarray(at, at + BLOCK_OCTETS);
    decryptBlock(block, words, plain, at);
    for (let i = 0; i < BLOCK_OCTETS; i++) plain[at + i] = (plain[at + i] as number) ^ (before[i] as number);
    before = block;
  }
  words.fill(0);
  const padding = plain[plain.length - 1] as number;
  if (padding < 1 || padding > BLOCK_OCTETS) return undefined;
  if (!plain.subarray(-padding).every((octet) => octet === padding)) return undefined;
  return plain.subarray(0, -padding);
}

/** RFC 2268, 2, with as many effective bits as the key has. */
function expandKey(key: Uint8Array): Uint16Array {
  const octets = new Uint8Array(EXPANDED_OCTETS);
  octets.set(key);
  const pi = (index: number): number => PI_TABLE[index & 0xff] as number;
  const at = (index: number): number => octets[index] as number;
  for (let i = key.length; i < EXPANDED_OCTETS; i++) octets[i] = pi(at(i - 1) + at(i - key.length));
  const effective = EXPANDED_OCTETS - key.length;
  octets[effective] = pi(at(effective));
  for (let i = effective - 1; i >= 0; i--) octets[i] = pi(at(i + 1) ^ at(i + key.length));
  const words = new Uint16Array(EXPANDED_OCTETS / 2);
  for (let i = 0; i < words.length; i++) words[i] = at(2 * i) | (at(2 * i + 1) << 8);
  octets.fill(0);
  return words;
}

function decryptBlock(block: Uint8Array, key: Uint16Array, out: Buffer, at: number): void {
  const r = new Uint16Array(4);
  for (let i = 0; i < 4; i++) r[i] = (block[2 * i] as number) | ((block[2 * i + 1] as number) << 8);
  const word = (index: number): number => r[index & 3] as number;
  let j = key.length - 1;
  for (let round = 1; round <= ROUNDS; round++) {
    for (let i = 3; i >= 0; i--) {
      const turn = TURNS[i] as number;
      const turned = (word(i) >>> turn) | (word(i) << (16 - turn));
      r[i] = turned - (key[j--] as number) - (word(i - 1) & word(i - 2)) - (~word(i - 1) & word(i - 3));
    }
    if (!MASHED_AFTER.has(round)) continue;
    for (let i = 3; i >= 0; i--) r[i] = word(i) - (key[word(i - 1) & 63] as number);
  }
  for (let i = 0; i < 4; i++) out.writeUInt16LE(word(i), at + 2 * i);
}

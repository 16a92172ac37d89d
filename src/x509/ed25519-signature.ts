/** 2^252 + 27742317777372353535851937790883648493, little-endian: the order of the base point (RFC 8032, 5.1). */
const ORDER: Uint8Array = Buffer.from(
  "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
  "hex",
);

/** y of the points of order 1, 2, 4 and 8, little-endian, without the sign bit. */
const SMALL_ORDER: ReadonlySet<string> = new Set([
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]);

/**
 * Says what is wrong with an Ed25519 public key that OpenSSL would take: an encoding that is not canonical
 * (RFC 8032, 5.1.3), or a point of small order, under which one signature fits many messages.
 */
export function ed25519KeyProblem(key: Uint8Array): string | undefined {
  if (key.length !== 32) return "an Ed25519 public key has 32 octets";
  const y = Uint8Array.from(key);
  y[31] = (y[31] as number) & 0x7f;
  if ((y[0] as number) >= 0xed && y[31] === 0x7f && y.subarray(1, 31).every((octet) => octet === 0xff))
    return "the Ed25519 public key is not canonical";
  if (SMALL_ORDER.has(Buffer.from(y).toString("hex")))
    return "the Ed25519 public key is a point of small order";
  return undefined;
}

/** Says what is wrong with an Ed25519 signature before any arithmetic: 64 octets, S below the order (RFC 8032, 5.1.7). */
export function ed25519SignatureProblem(signature: Uint8Array): string | undefined {
  if (signature.length !== 64) return `an Ed25519 signature has 64 octets, this has ${signature.length}`;
  for (let i = 31; i >= 0; i--) {
    const difference = (signature[32 + i] as number) - (ORDER[i] as number);
    if (difference < 0) return undefined;
    if (difference > 0) break;
  }
  return "S of the Ed25519 signature is not below the order of the base point";
}

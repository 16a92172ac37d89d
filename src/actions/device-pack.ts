/** One device as it is packed; digests as binary strings. */
export interface PackItem {
  /** PEM, empty where the device keeps its key. */
  readonly key: string;
  readonly certificate: string;
  readonly der: Uint8Array;
  readonly certificateSha256: string;
  readonly spkiSha256: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** Devices in one piece of memory, so that it is given from thread to thread instead of copied object by object. */
export interface PackedDevices {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of each device the lengths of key, certificate and DER; after these come two digests. */
  readonly lengths: Uint32Array<ArrayBuffer>;
  /** Of each device notBefore and notAfter. */
  readonly times: Float64Array<ArrayBuffer>;
}

/** One device out of the pack; its octets are views into it. */
export interface UnpackedDevice {
  readonly keyPem?: Uint8Array;
  readonly certificatePem: Uint8Array;
  readonly der: Uint8Array;
  readonly certificateSha256: Uint8Array;
  readonly spkiSha256: Uint8Array;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

const DIGEST = 32;
/** What a device on P-256 takes, with room to spare, in octets. */
const USUAL = 2048;

/** Packs devices one after the other. */
export class DevicePacker {
  private bytes: Buffer<ArrayBuffer>;
  private at = 0;
  private count = 0;
  private readonly lengths: Uint32Array<ArrayBuffer>;
  private readonly times: Float64Array<ArrayBuffer>;

  /** `most` is how many there may be. */
  constructor(most: number) {
    // Memory of its own, which can be given away.
    this.bytes = Buffer.allocUnsafeSlow(most * USUAL);
    this.lengths = new Uint32Array(most * 3);
    this.times = new Float64Array(most * 2);
  }

  add({ key, certificate, der, certificateSha256, spkiSha256, notBeforeMs, notAfterMs }: PackItem): void {
    this.reserve(key.length + certificate.length + der.length + 2 * DIGEST);
    const { bytes } = this;
    bytes.write(key, this.at, "latin1");
    bytes.write(certificate, this.at + key.length, "latin1");
    const derAt = this.at + key.length + certificate.length;
    bytes.set(der, derAt);
    bytes.write(certificateSha256, derAt + der.length, "latin1");
    bytes.write(spkiSha256, derAt + der.length + DIGEST, "latin1");
    this.at = derAt + der.length + 2 * DIGEST;
    this.lengths.set([key.length, certificate.length, der.length], this.count * 3);
    this.times.set([notBeforeMs, notAfterMs], this.count * 2);
    this.count++;
  }

  /** All of them; the packer is of no more use. */
  packed(): PackedDevices {
    const { bytes, at, count } = this;
    return {
      bytes: new Uint8Array(bytes.buffer, 0, at),
      lengths: this.lengths.slice(0, count * 3),
      times: this.times.slice(0, count * 2),
    };
  }

  private reserve(more: number): void {
    if (this.at + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.at + more));
    larger.set(this.bytes.subarray(0, this.at));
    // It has keys in it.
    this.bytes.fill(0);
    this.bytes = larger;
  }
}

/** Takes devices out of a pack, in their order. */
export function* unpackDevices({ bytes, lengths, times }: PackedDevices): Generator<UnpackedDevice> {
  let at = 0;
  const take = (length: number): Uint8Array => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  for (let index = 0; index * 3 < lengths.length; index++) {
    const keyPem = take(lengths[index * 3] as number);
    yield {
      ...(keyPem.length === 0 ? {} : { keyPem }),
      certificatePem: take(lengths[index * 3 + 1] as number),
      der: take(lengths[index * 3 + 2] as number),
      certificateSha256: take(DIGEST),
      spkiSha256: take(DIGEST),
      notBeforeMs: times[index * 2] as number,
      notAfterMs: times[index * 2 + 1] as number,
    };
  }
}

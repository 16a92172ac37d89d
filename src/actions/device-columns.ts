import type { IssuedFacts } from "../ledger/issued-columns.ts";

/** Octets of a digest. */
const DIGEST = 32;
/** Certificates are about so long on P-256, in octets; longer ones make it grow. */
const USUAL = 640;

/** One certificate as its columns take it; digests in hex. */
export interface CertificateFacts {
  readonly der: Uint8Array;
  readonly certificateSha256: string;
  readonly spkiSha256: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** Puts what the ledger keeps of certificates into columns, in memory that can be given to another thread. */
export class DeviceColumns {
  private count = 0;
  private derAt = 0;
  private der: Buffer<ArrayBuffer>;
  private readonly digests: Buffer<ArrayBuffer>;
  private readonly most: number;
  private readonly derLengths: Uint32Array<ArrayBuffer>;
  private readonly notBeforeMs: Float64Array<ArrayBuffer>;
  private readonly notAfterMs: Float64Array<ArrayBuffer>;

  /** `most` is how many there may be. */
  constructor(most: number) {
    this.most = most;
    // Memory of its own, which can be given away.
    this.der = Buffer.allocUnsafeSlow(most * USUAL);
    this.digests = Buffer.allocUnsafeSlow(2 * most * DIGEST);
    this.derLengths = new Uint32Array(most);
    this.notBeforeMs = new Float64Array(most);
    this.notAfterMs = new Float64Array(most);
  }

  add({ der, certificateSha256, spkiSha256, notBeforeMs, notAfterMs }: CertificateFacts): void {
    const { count, derAt, digests, most } = this;
    if (derAt + der.length > this.der.length) this.grow(der.length);
    this.der.set(der, derAt);
    digests.write(spkiSha256, count * DIGEST, "hex");
    digests.write(certificateSha256, (most + count) * DIGEST, "hex");
    this.derLengths[count] = der.length;
    this.notBeforeMs[count] = notBeforeMs;
    this.notAfterMs[count] = notAfterMs;
    this.derAt += der.length;
    this.count++;
  }

  /** All of them; it is of no more use. */
  take(): IssuedFacts {
    const { count, derAt, der, digests, most } = this;
    return {
      notBeforeMs: this.notBeforeMs.subarray(0, count),
      notAfterMs: this.notAfterMs.subarray(0, count),
      spkiSha256: new Uint8Array(digests.buffer, 0, count * DIGEST),
      certificateSha256: new Uint8Array(digests.buffer, most * DIGEST, count * DIGEST),
      der: new Uint8Array(der.buffer, 0, derAt),
      derLengths: this.derLengths.subarray(0, count),
    };
  }

  private grow(more: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.der.length, this.derAt + more));
    larger.set(this.der.subarray(0, this.derAt));
    this.der = larger;
  }
}

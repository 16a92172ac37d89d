const SLACK = 4096;

/** Memory that grows as it is filled, and can be given away to another thread. What it has held is wiped where it moves. */
export class OctetBuffer {
  private bytes: Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow(0);
  private at = 0;
  /** How much was taken the last time: so much is likely to be needed again. */
  private usual = 0;

  /** Makes room for `more` octets; gives the memory and the place in it where they go. */
  reserve(more: number): { readonly bytes: Buffer<ArrayBuffer>; readonly at: number } {
    const { at } = this;
    this.at += more;
    if (this.at > this.bytes.length) this.grow(at);
    return { bytes: this.bytes, at };
  }

  /** All that was filled; the buffer is empty then, and what was given is nobody else's. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(this.bytes.buffer, 0, this.at);
    this.usual = this.at;
    this.bytes = Buffer.allocUnsafeSlow(0);
    this.at = 0;
    return taken;
  }

  /** Takes memory to fill; what is not needed at this moment is let go. */
  reuse(memory: ArrayBuffer): void {
    if (this.at === 0 && memory.byteLength > this.bytes.length) this.bytes = Buffer.from(memory);
  }

  private grow(filled: number): void {
    const { bytes } = this;
    this.bytes = Buffer.allocUnsafeSlow(Math.max(this.at, 2 * bytes.length, this.usual + SLACK));
    this.bytes.set(bytes.subarray(0, filled));
    // There may be keys in it.
    bytes.fill(0);
  }
}

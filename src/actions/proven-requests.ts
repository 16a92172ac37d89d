/** Octets of a SHA-256. */
const DIGEST = 32;
const FIRST_ROOM = 1024;

/**
 * Certificate requests whose proof of possession was checked when an input was looked through, by the lines of their rows:
 * what has the same digest when its turn comes need not be checked again. Takes 36 octets a request.
 */
export class ProvenRequests {
  private lines: Uint32Array = new Uint32Array(FIRST_ROOM);
  private digests: Buffer = Buffer.alloc(FIRST_ROOM * DIGEST);
  private count = 0;

  /** Takes a request's SHA-256, in lower-case hex; lines come in their order. */
  add(line: number, sha256: string): void {
    if (this.count === this.lines.length) this.grow();
    this.lines[this.count] = line;
    this.digests.write(sha256, this.count * DIGEST, "hex");
    this.count++;
  }

  /** The SHA-256 of the request in a line, in lower-case hex; undefined where none of it was proven. */
  find(line: number): string | undefined {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.lines[middle] as number) < line) low = middle + 1;
      else high = middle;
    }
    if (low === this.count || this.lines[low] !== line) return undefined;
    return this.digests.toString("hex", low * DIGEST, (low + 1) * DIGEST);
  }

  private grow(): void {
    const lines = new Uint32Array(2 * this.lines.length);
    lines.set(this.lines);
    const digests = Buffer.alloc(2 * this.digests.length);
    digests.set(this.digests);
    this.lines = lines;
    this.digests = digests;
  }
}

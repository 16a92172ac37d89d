import { errorAt } from "./name-error.ts";

/** A value while it is read out of a DN's text: characters taken as they stand, and octets of UTF-8 written in hex. */
export class ValueText {
  private readonly source: string;
  private value = "";
  private octets: number[] = [];
  private octetsAt = 0;

  constructor(source: string) {
    this.source = source;
  }

  /** Takes the character at `at`; gives where the next one begins. */
  take(at: number): number {
    this.flush();
    const next = at + ((this.source.codePointAt(at) as number) > 0xffff ? 2 : 1);
    this.value += this.source.slice(at, next);
    return next;
  }

  /** Takes an octet that was written in hex at `at`. */
  addOctet(octet: number, at: number): void {
    if (this.octets.length === 0) this.octetsAt = at;
    this.octets.push(octet);
  }

  /** The value. Throws `name.charset` where octets are not UTF-8. */
  finish(): string {
    this.flush();
    return this.value;
  }

  private flush(): void {
    if (this.octets.length === 0) return;
    try {
      this.value += new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
        Uint8Array.from(this.octets),
      );
    } catch {
      throw errorAt(
        this.source,
        this.octetsAt,
        "charset",
        "the octets written in hex are not UTF-8",
        "write each character's octets of UTF-8, as in \\C3\\A9, or the character itself",
      );
    }
    this.octets = [];
  }
}

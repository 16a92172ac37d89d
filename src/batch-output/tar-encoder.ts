import type { IssuedPair } from "../actions/batch-output.ts";
import type { DeviceBody } from "./device-encoder.ts";
import { OctetBuffer } from "./octet-buffer.ts";

const BLOCK = 512;
const NAME_LENGTH = 100;
const KEY_MODE = 0o600;
const CERTIFICATE_MODE = 0o644;
const CHECKSUM_AT = 148;
const SIZE_AT = 124;
const MTIME_AT = 136;
const SPACE = 0x20;

/** What closes a tar archive. */
export const TAR_END: Uint8Array = new Uint8Array(2 * BLOCK);

/**
 * Writes devices as a tar archive (POSIX.1-1988, ustar), a key and then its certificate, in blocks of 512 octets. The
 * same devices give the same octets: no owner, and the second of its issue as a file's time.
 */
export function createTarBody(): DeviceBody {
  const buffer = new OctetBuffer();
  const key = createEntryWriter(KEY_MODE);
  const certificate = createEntryWriter(CERTIFICATE_MODE);
  return {
    add({ keyPem, certificatePem, issuedMs }, file) {
      const seconds = Math.floor(issuedMs / 1000);
      const place = buffer.reserve(entryLength(keyPem) + entryLength(certificatePem));
      let { at } = place;
      if (keyPem !== undefined)
        at = key(place.bytes, at, `${file.slice(0, -".crt".length)}.key`, keyPem, seconds);
      certificate(place.bytes, at, file, certificatePem, seconds);
    },
    take: () => ({ output: buffer.take() }),
    reuse: (memory) => buffer.reuse(memory),
  };
}

function entryLength(content: IssuedPair["certificatePem"] | undefined): number {
  return content === undefined ? 0 : BLOCK + Math.ceil(content.length / BLOCK) * BLOCK;
}

type EntryWriter = (
  into: Buffer,
  at: number,
  name: string,
  content: Uint8Array | string,
  seconds: number,
) => number;

/** Binds a mode; what it gives writes a header and a content at `at` and gives where the next entry begins. */
function createEntryWriter(mode: number): EntryWriter {
  const template = Buffer.alloc(BLOCK);
  template.write(octal(mode, 7), 100, "latin1");
  template.write(octal(0, 7), 108, "latin1");
  template.write(octal(0, 7), 116, "latin1");
  template.fill(SPACE, CHECKSUM_AT, CHECKSUM_AT + 8);
  template.write("0", 156, "latin1");
  template.write("ustar\x0000", 257, "latin1");
  template.write(octal(0, 7), 329, "latin1");
  template.write(octal(0, 7), 337, "latin1");
  const templateSum = template.reduce((sum, octet) => sum + octet, 0);

  return (into, at, name, content, seconds) => {
    if (name.length > NAME_LENGTH) throw new RangeError(`${name} is too long for a tar archive`);
    const size = octal(content.length, 11);
    const mtime = octal(seconds, 11);
    template.copy(into, at);
    into.write(name, at, "latin1");
    into.write(size, at + SIZE_AT, "latin1");
    into.write(mtime, at + MTIME_AT, "latin1");
    const sum = templateSum + sumOf(name) + sumOf(size) + sumOf(mtime);
    into.write(octal(sum, 6), at + CHECKSUM_AT, "latin1");
    into[at + CHECKSUM_AT + 6] = 0;
    const contentAt = at + BLOCK;
    if (typeof content === "string") into.write(content, contentAt, "latin1");
    else into.set(content, contentAt);
    const contentEnd = contentAt + content.length;
    const end = contentAt + Math.ceil(content.length / BLOCK) * BLOCK;
    into.fill(0, contentEnd, end);
    return end;
  };
}

function octal(value: number, digits: number): string {
  const text = value.toString(8).padStart(digits, "0");
  if (text.length > digits || value < 0) throw new RangeError(`${value} does not fit into a tar header`);
  return text;
}

function sumOf(text: string): number {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum += text.charCodeAt(at);
  return sum;
}

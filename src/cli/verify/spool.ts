import { randomBytes } from "node:crypto";
import { closeSync, openSync, readSync, rmSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";

/** So much is kept in memory, in characters; what comes after goes to the disk. */
const IN_MEMORY = 4 * 1024 * 1024;
const CHUNK = 256 * 1024;

/** Keeps text of any length until it can be printed, little of it in memory. Close it in any case. */
export class Spool {
  private text = "";
  private file: { readonly fd: number; readonly path: string; length: number } | undefined;

  /** Throws Node's error where the temporary directory can't be written. */
  add(text: string): void {
    this.text += text;
    if (this.text.length > IN_MEMORY) this.flush();
  }

  /** All that was added. */
  *pieces(): Generator<string> {
    const { file } = this;
    if (file === undefined) {
      yield this.text;
      return;
    }
    this.flush();
    const decoder = new TextDecoder();
    const buffer = Buffer.allocUnsafe(CHUNK);
    for (let at = 0; at < file.length; ) {
      const count = readSync(file.fd, buffer, 0, CHUNK, at);
      at += count;
      yield decoder.decode(buffer.subarray(0, count), { stream: at < file.length });
      if (count === 0) throw new Error(`${file.path} is shorter than what was written to it`);
    }
  }

  /** Lets go of it. */
  close(): void {
    const { file } = this;
    if (file === undefined) return;
    closeSync(file.fd);
    rmSync(file.path, { force: true });
  }

  private flush(): void {
    const file = this.file ?? openTemporary();
    this.file = file;
    const bytes = Buffer.from(this.text);
    this.text = "";
    for (let written = 0; written < bytes.length; )
      written += writeSync(file.fd, bytes, written, bytes.length - written, file.length + written);
    file.length += bytes.length;
  }
}

function openTemporary(): { readonly fd: number; readonly path: string; length: number } {
  const { tmpdir } = process.getBuiltinModule("node:os");
  const path = join(tmpdir(), `samicerts-${randomBytes(9).toString("hex")}`);
  const fd = openSync(path, "wx+", 0o600);
  try {
    // Gone with this process, however that ends.
    unlinkSync(path);
  } catch {
    // Windows does not let go of what is open; `close` does it.
  }
  return { fd, path, length: 0 };
}

// Makes a list of known keys, as src/keys/fingerprint-list.ts reads it, from text.
//
//     node scripts/key-list.mjs data/debian-keys/rsa-2048.keys moduli.txt [more.txt ...]
//
// A line is a modulus, or the x coordinate of a point, in hex; what follows a space is passed over. Only its last
// sixteen digits count, so that a line may be shorter too.
import { createHash } from "node:crypto";
import { createReadStream, renameSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

const MAGIC = "samicerts keys 1";
const DIGITS = 16;
const PAGE = 4096;
const HEADER_DIGEST = 12;
const PAGE_DIGEST = 8;

const [out, ...texts] = process.argv.slice(2);
if (out === undefined || texts.length === 0) {
  console.error("usage: node scripts/key-list.mjs <list> <text> [<text> ...]");
  process.exit(2);
}

const fingerprints = new Set();
for (const text of texts) for await (const line of linesOf(text)) fingerprints.add(line);
const list = listOf([...fingerprints].sort());
writeFileSync(`${out}.new`, list);
renameSync(`${out}.new`, out);
console.log(`${out}: ${fingerprints.size} keys, ${list.length} octets`);

async function* linesOf(path) {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    number++;
    const [digits = ""] = line.trim().split(" ");
    if (digits === "") continue;
    if (digits.length < DIGITS || !/^[0-9a-f]+$/i.test(digits)) {
      console.error(`error: ${path}:${number}: not a number of at least ${DIGITS} hexadecimal digits`);
      process.exit(2);
    }
    yield digits.slice(-DIGITS).toLowerCase();
  }
}

function listOf(sorted) {
  const octets = Buffer.from(sorted.join(""), "hex");
  const head = Buffer.alloc(MAGIC.length + 4);
  head.write(MAGIC, "latin1");
  head.writeUInt32BE(sorted.length, MAGIC.length);
  const pages = Array.from({ length: Math.ceil(octets.length / PAGE) }, (_, page) =>
    octets.subarray(page * PAGE, (page + 1) * PAGE),
  );
  const table = Buffer.concat(pages.map((page) => sha256(page).subarray(0, PAGE_DIGEST)));
  const digest = sha256(Buffer.concat([head, table])).subarray(0, HEADER_DIGEST);
  return Buffer.concat([head, digest, table, octets]);
}

function sha256(octets) {
  return createHash("sha256").update(octets).digest();
}

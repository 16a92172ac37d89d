import { SamicertsError } from "../../base/errors.ts";
import { shellQuoted } from "../../base/shell-quoted.ts";
import { STDIN, sourceName } from "../read-input.ts";

/** How a kind of file that is not shown is known, and what to do with it. */
interface Guess {
  readonly what: string;
  readonly hint: string;
  readonly fits: (front: Buffer, text: string) => boolean;
}

const begins =
  (...octets: readonly number[]) =>
  (front: Buffer): boolean =>
    octets.every((octet, at) => front[at] === octet);

const DEFAULT_HINT =
  "name a certificate, chain, request, CRL, OCSP response, key, PKCS#12 or PKCS#7 file, or a batch's manifest";

const GUESSES: readonly Guess[] = [
  {
    what: "a gzip archive",
    hint: "samicerts verify looks into a batch's archive; others: tar xzf FILE first",
    fits: begins(0x1f, 0x8b),
  },
  { what: "a zip archive", hint: "unpack it first", fits: begins(0x50, 0x4b, 0x03, 0x04) },
  {
    what: "a tar archive",
    hint: "samicerts verify looks into a batch's archive; others: tar xf FILE first",
    fits: (front) => front.toString("latin1", 257, 262) === "ustar",
  },
  {
    what: "a SQLite database, such as samicerts's ledger",
    hint: "samicerts list shows what a ledger holds, samicerts audit show what was done",
    fits: (front) => front.toString("latin1", 0, 15) === "SQLite format 3",
  },
  {
    what: "a Java key store (JKS)",
    hint: "keytool -importkeystore -srckeystore FILE -destkeystore store.p12 makes a PKCS#12 file of it",
    fits: begins(0xfe, 0xed, 0xfe, 0xed),
  },
  { what: "a PDF document", hint: DEFAULT_HINT, fits: (_, text) => text.startsWith("%PDF-") },
  { what: "a program", hint: DEFAULT_HINT, fits: begins(0x7f, 0x45, 0x4c, 0x46) },
  {
    what: "an SSH public key",
    hint: "ssh-keygen -e -m PKCS8 -f FILE writes it as a public key that samicerts shows",
    fits: (_, text) => /^(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-nistp\d+|sk-\S+) /.test(text),
  },
  {
    what: "something OpenPGP made",
    hint: "gpg --show-keys FILE shows it",
    fits: (_, text) => text.includes("-----BEGIN PGP "),
  },
  {
    what: "a policy",
    hint: "samicerts policy check FILE says whether it is sound, samicerts policy show FILE what it asks",
    fits: (_, text) => /^\s*\{/.test(text) && /"(?:rules|extends|issue)"\s*:/.test(text),
  },
  {
    what: "one of samicerts's own JSON documents",
    hint: "it is for other programs; docs/json.md describes it",
    fits: (_, text) => /^\s*\{\s*"schema"\s*:\s*"samicerts\//.test(text),
  },
  { what: "JSON", hint: DEFAULT_HINT, fits: (_, text) => /^\s*[[{]\s*["\]}{[]/.test(text) },
  {
    what: "base64 without the BEGIN and END lines of PEM",
    hint: "base64 -d FILE > file.der, and inspect that",
    fits: (_, text) => /^MI[A-Za-z0-9+/\s]{60,}/.test(text),
  },
  {
    what: "text",
    hint: DEFAULT_HINT,
    fits: (_, text) => text.length > 0 && !/(?![\t\n\r])[\p{Cc}\ufffd]/u.test(text),
  },
];

/** The error for a file that nothing is shown of: it says what the file seems to be. `front` is how it begins. */
export function unknownFile(name: string, front: Uint8Array): SamicertsError {
  const bytes = Buffer.from(front.buffer, front.byteOffset, front.length);
  // What is not a file is called what the documentation of those commands calls one.
  const operand = name === sourceName(STDIN) ? "FILE" : name;
  if (bytes.length === 0) return unknown(`${name} is empty`, "obtain the file again");
  // Without its end, which may be in the middle of a character.
  const text = new TextDecoder("utf-8").decode(bytes.subarray(0, 2048), { stream: true });
  const guess = GUESSES.find(({ fits }) => fits(bytes, text));
  if (guess !== undefined)
    return unknown(`${name} seems to be ${guess.what}`, guess.hint.replaceAll("FILE", operand));
  if (bytes[0] === 0x30)
    return unknown(
      `${name} seems to be DER or BER, but of nothing that has to do with certificates`,
      `openssl asn1parse -inform DER -in ${shellQuoted(operand)} shows what it is made of`,
    );
  return unknown(`${name} is neither PEM nor DER, nor anything else that is known here`, DEFAULT_HINT);
}

/** The error for PEM of which nothing is shown. */
export function unknownPem(name: string, labels: readonly string[]): SamicertsError {
  const pgp = labels.some((label) => label.startsWith("PGP "));
  const trusted = labels.includes("TRUSTED CERTIFICATE");
  return unknown(
    labels.length === 0 ? `${name} has no PEM block` : `${name} holds ${labels.join(", ")}`,
    pgp
      ? `gpg --show-keys ${name} shows it`
      : trusted
        ? `openssl x509 -in ${shellQuoted(name)} -out certificate.pem takes the certificate out of OpenSSL's own form`
        : DEFAULT_HINT,
  );
}

function unknown(message: string, hint: string): SamicertsError {
  return new SamicertsError({ kind: "input", code: "inspect.unknown", message, hint });
}

import { constants } from "node:fs";
import type { PassphraseSource } from "../../keys/encrypted-key.ts";
import { crlSource, openCrlFile } from "../../workspace/crl-file.ts";
import { fileError } from "../../workspace/file-error.ts";
import { nodeFiles } from "../../workspace/node-files.ts";
import { readPrivateKeyFile } from "../../workspace/read-file.ts";
import { algorithmIdentifier, KEY_OID } from "../../x509/algorithms.ts";
import { memorySource } from "../../x509/byte-source.ts";
import { derKind } from "../../x509/der-kind.ts";
import { encodeNull, encodeOctetsInBits, encodeSequence } from "../../x509/der-writer.ts";
import { looksLikePem, type PemBlock, readPem } from "../../x509/pem.ts";
import { readSignedData } from "../../x509/signed-data.ts";
import { factsOf } from "../find-sources.ts";
import { readInput, STDIN, sourceName } from "../read-input.ts";
import { MAX_CERTIFICATES, openPkcs12 } from "../sources.ts";
import type { Content } from "./contents.ts";
import { unknownFile, unknownPem } from "./unknown-file.ts";

/** How much of a file is looked at to tell what it is. */
const FRONT = 4096;
/** The most of standard input: a CRL in a file may be as long as it likes. */
const MAX_STDIN = 256 * 1024 * 1024;

/** What reading contents needs to know. */
export interface Opening {
  readonly passphrase: PassphraseSource;
  /** Whether a private key's file may be readable by others. */
  readonly allowMode: boolean;
}

/**
 * Tells what a file, or standard input, holds. Throws `inspect.unknown`, which says what it seems to be, and `io.*`,
 * `pem.*`, `der.*`, `cms.*`, `crl.*`, `key.*`, `input.too-large`.
 */
export function readContents(path: string, opening: Opening): readonly Content[] {
  const name = sourceName(path);
  if (path === STDIN)
    return contentsIn(readInput(path, nodeFiles, MAX_STDIN, "certificates"), name, path, opening);
  factsOf(path);
  const { front, size } = readFront(path);
  if (isManifest(front)) return [{ kind: "manifest" }];
  // A CRL may be larger than memory: it is read from its file, a part at a time.
  const isCrl = looksLikePem(front)
    ? size > MAX_CERTIFICATES && front.includes("-----BEGIN X509 CRL-----")
    : derKind(front) === "crl";
  if (isCrl)
    return openCrlFile(nodeFiles, path).map((crl) => ({
      kind: "crl",
      source: crl.name,
      octets: crlSource(nodeFiles, crl),
    }));
  return contentsIn(readInput(path, nodeFiles, MAX_CERTIFICATES, "certificates"), name, path, opening);
}

function contentsIn(bytes: Uint8Array, name: string, path: string, opening: Opening): readonly Content[] {
  if (looksLikePem(bytes)) return pemContents(bytes, name, path, opening);
  const content = derContent(bytes, name, path, opening);
  if (content === undefined) throw unknownFile(name, bytes.subarray(0, FRONT));
  return [content];
}

function derContent(bytes: Uint8Array, name: string, path: string, opening: Opening): Content | undefined {
  const kind = derKind(bytes.subarray(0, FRONT));
  switch (kind) {
    case undefined:
      return undefined;
    case "crl":
      return { kind, source: name, octets: memorySource(bytes) };
    case "cms":
      return { kind, data: readSignedData(bytes, name) };
    case "pkcs12":
      return { kind, pkcs12: openPkcs12(bytes, name, opening.passphrase) };
    case "private-key":
    case "encrypted-key":
      return privateKey(bytes, path, opening.allowMode);
    case "rsa-public-key":
      return { kind: "public-key", der: wrapRsaKey(bytes) };
    default:
      return { kind, der: bytes };
  }
}

function pemContents(bytes: Uint8Array, name: string, path: string, opening: Opening): readonly Content[] {
  const blocks = readPem(bytes, name);
  const contents: Content[] = [];
  let crls = 0;
  for (const block of blocks) {
    if (block.label.endsWith("PRIVATE KEY")) continue;
    const content = pemContent(
      block,
      block.label === "X509 CRL" && crls++ > 0 ? `${name} (CRL ${crls})` : name,
    );
    if (content !== undefined) contents.push(content);
  }
  if (blocks.some(({ label }) => label.endsWith("PRIVATE KEY")))
    // Beside certificates a loose mode is a warning: they may be for everybody to read.
    contents.push(privateKey(bytes, path, opening.allowMode || contents.length > 0));
  if (contents.length === 0) throw unknownPem(name, [...new Set(blocks.map(({ label }) => label))]);
  return contents;
}

function pemContent({ label, der }: PemBlock, name: string): Content | undefined {
  switch (label) {
    case "CERTIFICATE":
    case "X509 CERTIFICATE":
      return { kind: "certificate", der };
    case "CERTIFICATE REQUEST":
    case "NEW CERTIFICATE REQUEST":
      return { kind: "request", der };
    case "X509 CRL":
      return { kind: "crl", source: name, octets: memorySource(der) };
    case "PUBLIC KEY":
      return { kind: "public-key", der };
    case "RSA PUBLIC KEY":
      return { kind: "public-key", der: wrapRsaKey(der) };
    case "PKCS7":
    case "CMS":
      return { kind: "cms", data: readSignedData(der, name) };
    default:
      return undefined;
  }
}

/** Read again, so that the mode of the very file that was read is looked at. */
function privateKey(bytes: Uint8Array, path: string, allowMode: boolean): Content {
  return path === STDIN
    ? { kind: "private-key", bytes }
    : { kind: "private-key", ...readPrivateKeyFile(nodeFiles, path, { allowMode }) };
}

/** An RSAPublicKey by itself (RFC 8017, A.1.1) as a SubjectPublicKeyInfo. */
function wrapRsaKey(der: Uint8Array): Uint8Array {
  return encodeSequence(algorithmIdentifier(KEY_OID.rsa, encodeNull()).der, encodeOctetsInBits(der));
}

function isManifest(front: Buffer): boolean {
  return /^(?:\ufeff)?\{"schema":"samicerts\/manifest\//.test(front.toString("utf8", 0, 64));
}

/** How a regular file begins, and how long it is. What is none is for `readInput` to say. */
function readFront(path: string): { readonly front: Buffer; readonly size: number } {
  let fd: number | undefined;
  try {
    fd = nodeFiles.open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0));
    const { kind, size } = nodeFiles.fstat(fd);
    if (kind !== "file") return { front: Buffer.alloc(0), size: 0 };
    const front = Buffer.alloc(FRONT);
    return { front: front.subarray(0, nodeFiles.read(fd, front, 0, FRONT, 0)), size };
  } catch (error) {
    throw fileError(error, "read", path);
  } finally {
    if (fd !== undefined) nodeFiles.close(fd);
  }
}

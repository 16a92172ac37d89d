import { type Field, fieldLines, groupDigits, visible } from "./layout.ts";
import type { Paint } from "./paint.ts";

/** What is told of a private key's file; nothing of it is secret. */
export interface KeyReport {
  readonly file: string;
  /** How it is written: `pkcs8`, `sec1`, `pkcs1`, `encrypted`. */
  readonly form: string;
  readonly encryption?: {
    readonly cipher: string;
    readonly derivation: string;
    readonly iterations?: number;
  };
  /** As `--key` writes it; absent where the key was not opened. */
  readonly key?: string;
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex. */
  readonly spkiSha256?: string;
  /** The certificate that it belongs to. */
  readonly certificate?: string;
}

const FORMS: ReadonlyMap<string, string> = new Map([
  ["pkcs8", "PKCS#8"],
  ["sec1", "SEC1, as openssl ecparam writes it"],
  ["pkcs1", "PKCS#1, as openssl genrsa -traditional writes it"],
  ["encrypted", "PKCS#8"],
]);

/** The facts of a private key's file, for a person. */
export function keyInfoText(report: KeyReport, paint: Paint, width: number): string {
  return text(`private key ${paint.strong(visible(report.file))}`, report, width);
}

/** What became of a key that was written anew. */
export function rewrittenText(report: KeyReport, inPlace: boolean, paint: Paint, width: number): string {
  const what = report.encryption === undefined ? "decrypted" : "encrypted";
  const head = `${what} the key: ${paint.strong(visible(report.file))}`;
  const note: Field[] =
    inPlace && report.encryption !== undefined
      ? [["note", "backups and the disk may still have the key as it was"]]
      : [];
  return text(head, report, width, note);
}

/** The `samicerts/key-.../v1` document; docs/json.md describes it. */
export function keyJson(command: string, report: KeyReport): string {
  const { file, form, encryption, ...facts } = report;
  const document = {
    schema: `samicerts/key-${command}/v1`,
    file,
    form,
    encrypted: encryption !== undefined,
    ...(encryption === undefined ? {} : { encryption }),
    ...facts,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function text(head: string, report: KeyReport, width: number, more: readonly Field[] = []): string {
  const { form, encryption, key, spkiSha256, certificate } = report;
  const fields: Field[] = [
    ["form", FORMS.get(form) ?? form],
    ["encrypted", encryption === undefined ? "no" : encryptionWords(encryption)],
    ...(key === undefined ? [] : [["kind", key] as const]),
    ...(spkiSha256 === undefined ? [] : [["key SHA-256", spkiSha256] as const]),
    ...(certificate === undefined ? [] : [["belongs to", visible(certificate)] as const]),
    ...more,
  ];
  return `${[head, ...fieldLines(fields, 2, width)].join("\n")}\n`;
}

function encryptionWords({ cipher, derivation, iterations }: NonNullable<KeyReport["encryption"]>): string {
  const rounds = iterations === undefined ? "" : `, ${groupDigits(iterations)} iterations`;
  return `${cipher}, ${derivation}${rounds}`;
}

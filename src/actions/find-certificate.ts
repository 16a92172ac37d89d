import { SamicertsError } from "../base/errors.ts";
import type { IssuedCertificate, Ledger, LedgerRow } from "../ledger/ledger.ts";
import { type Certificate, decodeCertificate } from "../x509/certificate.ts";
import { sameBytes } from "../x509/der-reader.ts";
import { formatSerial, serialValue } from "../x509/serial.ts";

/** How a person names a certificate of the vendor's own: by its serial, or by a file that holds it. */
export type NamedCertificate =
  | { readonly serial: bigint }
  | { readonly certificate: Certificate; readonly file: string };

/** A certificate that the ledger has issued. */
export interface FoundCertificate {
  readonly row: LedgerRow & { readonly certificate: IssuedCertificate };
  readonly certificate: Certificate;
  /** The factory line that issued it; the root where absent. */
  readonly line?: string;
  /** Whether it is a certificate authority's own: a root's, or a line's. */
  readonly isAuthority: boolean;
}

/**
 * Finds a certificate in the ledger, whoever issued it; `line` says which line did, where a serial alone is not enough.
 * Throws `certificate.unknown` and `serial.ambiguous` (both kind `input`).
 */
export function findCertificate(
  named: NamedCertificate,
  line: string | undefined,
  ledger: Ledger,
): FoundCertificate {
  const serial = "serial" in named ? named.serial : serialValue(named.certificate.serial);
  const lines = ledger.lines();
  const keys = new Set(ledger.issuers().map(({ spkiSha256 }) => hex(spkiSha256)));
  const found = ledger.issuers().flatMap(({ id }): FoundCertificate[] => {
    const row = ledger.find(id, serial.toString());
    if (row?.certificate === undefined) return [];
    const { der, spkiSha256 } = row.certificate;
    if ("certificate" in named && !sameBytes(der, named.certificate.der)) return [];
    const by = lines.find(({ issuer }) => issuer === id)?.name;
    if (line !== undefined && by?.toLowerCase() !== line.toLowerCase()) return [];
    const certificate = decodeCertificate(der, "the ledger's copy");
    return [
      {
        row: { ...row, certificate: row.certificate },
        certificate,
        isAuthority: keys.has(hex(spkiSha256)),
        ...(by === undefined ? {} : { line: by }),
      },
    ];
  });
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only === undefined) throw unknown(named, serial, line);
  const issuers = found.map((one) => (one.line === undefined ? "the root" : `the line ${one.line}`));
  throw new SamicertsError({
    kind: "input",
    code: "serial.ambiguous",
    message: `serial ${forms(serial)} was issued by ${issuers.join(" and by ")}`,
    hint: "name the line with --line, or the certificate's file instead of its serial",
  });
}

function unknown(named: NamedCertificate, serial: bigint, line: string | undefined): SamicertsError {
  const by = line === undefined ? "" : ` of the line ${line}`;
  return new SamicertsError({
    kind: "input",
    code: "certificate.unknown",
    message:
      "file" in named
        ? `the ledger does not know the certificate in ${named.file}`
        : `the ledger has no certificate of serial ${forms(serial)}${by}`,
    hint: "samicerts list shows those that it has; --ledger names another ledger",
  });
}

function forms(serial: bigint): string {
  const { decimal, hex: hexadecimal } = formatSerial(serial);
  return `${decimal} (${hexadecimal})`;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

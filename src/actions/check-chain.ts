import { SamicertsError } from "../base/errors.ts";
import type { ListedRow } from "../ledger/listing.ts";
import type { PairPlace } from "../workspace/workspace.ts";
import { decodeCertificate } from "../x509/certificate.ts";
import { sameBytes } from "../x509/der-reader.ts";
import { readPem } from "../x509/pem.ts";
import { type Discrepancy, mendable, serialOf } from "./discrepancy.ts";
import { chainText } from "./issuance.ts";
import type { CheckDeps } from "./ledger-check.ts";
import { decodeSingle } from "./open-issuer.ts";
import { sha256Hex } from "./summary.ts";

/** Checks that the chain beside a line's device begins with the device and goes on with the line. */
export function* checkChain(
  row: ListedRow,
  der: Uint8Array,
  place: PairPlace,
  line: string,
  deps: CheckDeps,
): Generator<Discrepancy> {
  const path = place.paths.chain;
  if (path === undefined) return;
  const bytes = place.readChain();
  if (bytes !== undefined && isChain(bytes, path, der, row, deps)) return;
  yield mendable(
    {
      rule: bytes === undefined ? "chain.missing" : "chain.altered",
      ...serialOf(row),
      path,
      message:
        bytes === undefined
          ? `${path} is missing`
          : `${path} is not the device's certificate followed by its line's`,
    },
    "writes it again",
    () => {
      const own = deps.workspace.line(line);
      const above = decodeSingle(own.readCertificate(), own.paths.certificate);
      place.writeChain(chainText(der, [above]) ?? "");
      return `wrote ${path}`;
    },
  );
}

function isChain(bytes: Uint8Array, path: string, der: Uint8Array, row: ListedRow, deps: CheckDeps): boolean {
  try {
    const [own, above] = readPem(bytes, path).map((block) => decodeCertificate(block.der, path));
    if (own === undefined || above === undefined || !sameBytes(own.der, der)) return false;
    const issuer = deps.ledger.issuers().find(({ id }) => id === row.issuer);
    return (
      issuer !== undefined &&
      sha256Hex(above.publicKey.der) === Buffer.from(issuer.spkiSha256).toString("hex")
    );
  } catch (error) {
    if (error instanceof SamicertsError) return false;
    throw error;
  }
}

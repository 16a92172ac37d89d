import type { Pkcs12 } from "../../keys/pkcs12-read.ts";
import type { ByteSource } from "../../x509/byte-source.ts";
import type { SignedData } from "../../x509/signed-data.ts";

/** One thing that a file holds, of which kind is known, and nothing else yet. DER, but for a key. */
export type Content =
  | { readonly kind: "certificate" | "request" | "ocsp-request" | "ocsp-response"; readonly der: Uint8Array }
  | { readonly kind: "public-key"; readonly der: Uint8Array }
  | { readonly kind: "crl"; readonly source: string; readonly octets: ByteSource }
  /** A file's octets, with the one private key in them. */
  | { readonly kind: "private-key"; readonly bytes: Uint8Array; readonly warning?: string }
  | { readonly kind: "pkcs12"; readonly pkcs12: Pkcs12 }
  | { readonly kind: "cms"; readonly data: SignedData }
  | { readonly kind: "manifest" };

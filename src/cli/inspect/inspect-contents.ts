import { keyFacts } from "../../actions/describe-algorithm.ts";
import { decodeCertificates, type InspectInput, inspect } from "../../actions/inspect.ts";
import { inspectChain } from "../../actions/inspect-chain.ts";
import { type AtHand, inspectCrl } from "../../actions/inspect-crl.ts";
import { inspectOcspRequest, inspectOcspResponse } from "../../actions/inspect-ocsp.ts";
import { inspectRequest } from "../../actions/inspect-request.ts";
import type { PassphraseSource } from "../../keys/encrypted-key.ts";
import { readKeyFacts, readPrivateKey } from "../../keys/read-key.ts";
import type { InspectedContainer, InspectedKey } from "../../report/human-inspect-others.ts";
import type { Inspection } from "../../report/json-inspect.ts";
import { memorySource } from "../../x509/byte-source.ts";
import type { Certificate } from "../../x509/certificate.ts";
import { decodeOcspResponse } from "../../x509/ocsp-answer.ts";
import { decodeOcspRequest } from "../../x509/ocsp-request.ts";
import { decodePublicKey, type PublicKey } from "../../x509/public-key.ts";
import { decodeRequest } from "../../x509/request.ts";
import { sameKey } from "../../x509/same-key.ts";
import { sourceName } from "../read-input.ts";
import type { Content } from "./contents.ts";
import { certificateBeside } from "./issuers.ts";
import { inspectManifest } from "./manifest.ts";

/** How contents are put into words. */
export interface Looking {
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly policy?: InspectInput["policy"];
  /** Opens encrypted keys; absent where no passphrase was named, and they stay closed. */
  readonly passphrase?: PassphraseSource;
}

/** Puts all that a file holds into words; throws as the decoders do. */
export function inspectContents(contents: readonly Content[], looking: Looking): Inspection {
  const { path, atMs, policy } = looking;
  const source = sourceName(path);
  const of = <K extends Content["kind"]>(kind: K): readonly Extract<Content, { kind: K }>[] =>
    contents.filter((content): content is Extract<Content, { kind: K }> => content.kind === kind);
  const certificates = decodeCertificates(source, contents.flatMap(certificatesIn));
  const issuers = (): readonly AtHand[] => [
    ...certificates.map((certificate, index) => ({
      name: `certificate ${index + 1} of the file`,
      certificate,
    })),
    ...certificateBeside(path),
  ];
  const crls = [
    ...of("crl"),
    ...of("cms").flatMap(({ data }) => data.crls.map((der) => ({ source, octets: memorySource(der) }))),
  ];
  return {
    containers: contents.flatMap((content) => container(content, source)),
    certificates: inspect({ source, certificates, atMs, ...(policy === undefined ? {} : { policy }) }),
    ...(certificates.length > 1 ? { chain: inspectChain(source, certificates) } : {}),
    requests: of("request").map(({ der }) => inspectRequest(source, decodeRequest(der, source))),
    crls: crls.map((crl) => inspectCrl({ source: crl.source, octets: crl.octets, atMs, issuers: issuers() })),
    ocspRequests: of("ocsp-request").map(({ der }) => inspectOcspRequest(source, decodeOcspRequest(der))),
    ocspResponses: of("ocsp-response").map(({ der }) =>
      inspectOcspResponse(source, der, decodeOcspResponse(der, source), atMs),
    ),
    keys: contents.flatMap((content) => keysIn(content, source, certificates, looking.passphrase)),
    manifests: of("manifest").map(() => inspectManifest(path)),
  };
}

function certificatesIn(content: Content): readonly Uint8Array[] {
  if (content.kind === "certificate") return [content.der];
  if (content.kind === "pkcs12") return content.pkcs12.certificates;
  return content.kind === "cms" ? content.data.certificates : [];
}

function container(content: Content, source: string): readonly InspectedContainer[] {
  if (content.kind === "pkcs12") {
    const { certificates, keys, mac } = content.pkcs12;
    return [{ source, kind: "pkcs12", certificates: certificates.length, crls: 0, keys: keys.length, mac }];
  }
  if (content.kind !== "cms") return [];
  const { certificates, crls, signers, contentType, contentSize } = content.data;
  return [
    {
      source,
      kind: "cms",
      certificates: certificates.length,
      crls: crls.length,
      keys: 0,
      signers,
      ...(signers === 0 ? {} : { contentType }),
      ...(contentSize === undefined ? {} : { contentSize }),
    },
  ];
}

function keysIn(
  content: Content,
  source: string,
  certificates: readonly Certificate[],
  passphrase: PassphraseSource | undefined,
): readonly InspectedKey[] {
  const named = (publicKey: PublicKey) => {
    const place = certificates.findIndex((certificate) => sameKey(certificate.publicKey, publicKey));
    return { ...keyFacts(publicKey), ...(place < 0 ? {} : { certificate: place }) };
  };
  if (content.kind === "public-key")
    return [{ source, kind: "public", ...named(decodePublicKey(content.der, source)) }];
  if (content.kind === "pkcs12")
    return content.pkcs12.keys.map((der) => ({
      source,
      kind: "private",
      ...named(readPrivateKey(der, source).publicKey),
    }));
  if (content.kind !== "private-key") return [];
  const { form, scheme } = readKeyFacts(content.bytes, source);
  const facts = { source, kind: "private" as const, form };
  if (scheme === undefined) return [{ ...facts, ...named(readPrivateKey(content.bytes, source).publicKey) }];
  const { cipher, derivation, iterations } = scheme;
  const encryption = { cipher, derivation, ...(iterations === undefined ? {} : { iterations }) };
  if (passphrase === undefined) return [{ ...facts, encryption }];
  const { publicKey } = readPrivateKey(content.bytes, source, passphrase);
  return [{ ...facts, encryption, ...named(publicKey) }];
}

import type { InspectedRequest } from "../actions/inspect-request.ts";
import { extensionsText, keyText } from "./human-inspect.ts";
import { block, nameLines, type Page, type Row, signatureSaid } from "./inspect-block.ts";
import { count, groupDigits } from "./layout.ts";

/** What is told of a key; nothing of it is secret. */
export interface InspectedKey {
  readonly source: string;
  readonly kind: "private" | "public";
  /** Of a private one, how it is written: `pkcs8`, `sec1`, `pkcs1`, `encrypted`. */
  readonly form?: string;
  /** Of one that is encrypted. */
  readonly encryption?: {
    readonly cipher: string;
    readonly derivation: string;
    readonly iterations?: number;
  };
  /** As `--key` writes it: `ec:P-256`; absent where it is encrypted and was not opened. */
  readonly key?: string;
  readonly keyName?: string;
  readonly exponent?: string;
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex. */
  readonly spkiSha256?: string;
  /** The place, from 0, of the certificate in the same file that it belongs to. */
  readonly certificate?: number;
}

/** What is told of a file that only holds other things. */
export interface InspectedContainer {
  readonly source: string;
  readonly kind: "pkcs12" | "cms";
  readonly certificates: number;
  readonly crls: number;
  readonly keys: number;
  /** Of PKCS#12: how its octets are guarded by the passphrase. */
  readonly mac?: { readonly hash: string; readonly iterations: number };
  /** Of CMS: how many have signed, what, and how long that is where it is inside. */
  readonly signers?: number;
  readonly contentType?: string;
  readonly contentSize?: number;
}

/** What is told of a batch's manifest, its signature not looked at. */
export interface InspectedManifest {
  readonly source: string;
  readonly batch: string;
  readonly created: string;
  readonly policy: string;
  readonly policyDigest: string;
  readonly issuer: string;
  readonly issuerSpkiSha256: string;
  readonly output: { readonly kind: string; readonly path: string };
  readonly devices: number;
  readonly first: readonly { readonly serial: string; readonly name: string; readonly notAfter: string }[];
  /** Whether its signature's file lies beside it. */
  readonly signatureBeside: boolean;
}

/** A certificate request in words. */
export function inspectRequestText(request: InspectedRequest, page: Page): string {
  const { signature, attributes } = request;
  const proof = signatureSaid(signature, "", ": whoever made it has the private key");
  const rows: Row[] = [
    ["subject", nameLines(request.subject, page)],
    ["key", keyText(request)],
    ["signature", [request.signatureAlgorithm, proof]],
    ["SHA-256", request.sha256],
    ["key SHA-256", request.spkiSha256],
    ...attributes.map(({ name, values }): Row => [name, values]),
  ];
  return (
    block(`certificate request ${request.source}`, rows, page) +
    extensionsText(request.extensions, page, true)
  );
}

const FORMS: ReadonlyMap<string, string> = new Map([
  ["pkcs8", "PKCS#8"],
  ["sec1", "SEC1"],
  ["pkcs1", "PKCS#1"],
  ["encrypted", "PKCS#8"],
]);

/** A key's facts, nothing of it secret. */
export function inspectKeyText(key: InspectedKey, page: Page): string {
  const { form, encryption, spkiSha256, certificate } = key;
  const rounds =
    encryption?.iterations === undefined ? "" : `, ${groupDigits(encryption.iterations)} iterations`;
  const rows: Row[] = [
    ...(key.key === undefined
      ? [["kind", "not told: it is encrypted, and no passphrase was named"] as const]
      : [["kind", keyText({ ...key, key: key.key })] as const]),
    ...(form === undefined ? [] : [["form", FORMS.get(form) ?? form] as const]),
    ...(form === undefined
      ? []
      : [
          [
            "encrypted",
            encryption === undefined
              ? ({ text: "no", as: "warn" } as const)
              : `${encryption.cipher}, ${encryption.derivation}${rounds}`,
          ] as const,
        ]),
    ...(spkiSha256 === undefined ? [] : [["key SHA-256", spkiSha256] as const]),
    ...(certificate === undefined ? [] : [["belongs to", `certificate ${certificate + 1}`] as const]),
  ];
  return block(`${key.kind} key ${key.source}`, rows, page);
}

/** What a file that only holds other things is; these are told after it. */
export function inspectContainerText(container: InspectedContainer, page: Page): string {
  const { kind, certificates, crls, keys, mac, signers, contentType, contentSize } = container;
  const held = [
    ...(certificates > 0 ? [count(certificates, "certificate")] : []),
    ...(crls > 0 ? [count(crls, "CRL")] : []),
    ...(keys > 0 ? [count(keys, "private key")] : []),
  ];
  const rows: Row[] = [["holds", held.length === 0 ? "nothing" : held.join(", ")]];
  if (mac !== undefined)
    rows.push([
      "MAC",
      [`HMAC-${mac.hash.toUpperCase()}, ${count(mac.iterations, "round")}`, "fits the passphrase"],
    ]);
  if (signers !== undefined) {
    rows.push([
      "signed by",
      signers === 0 ? "nobody: it only carries certificates" : `${count(signers, "signer")}, not checked`,
    ]);
    if (signers > 0)
      rows.push([
        "content",
        `${contentType ?? ""}, ${contentSize === undefined ? "apart from it" : count(contentSize, "octet")}`,
      ]);
  }
  return block(`${kind === "pkcs12" ? "PKCS#12" : "PKCS#7 (CMS)"} ${container.source}`, rows, page);
}

/** What a batch's manifest says. */
export function inspectManifestText(manifest: InspectedManifest, page: Page): string {
  const { first, devices, output } = manifest;
  const rows: Row[] = [
    ["batch", manifest.batch],
    ["begun", manifest.created],
    ["policy", [manifest.policy, manifest.policyDigest]],
    ["issuer", nameLines(manifest.issuer, page)],
    ["issuer key", manifest.issuerSpkiSha256],
    ["output", `${output.path} (${output.kind})`],
    ["devices", groupDigits(devices)],
    ...first.map(({ serial, name, notAfter }): Row => ["", `${serial}  ${name}, until ${notAfter}`]),
    ...(devices > first.length ? [["", `and ${groupDigits(devices - first.length)} more`] as const] : []),
    [
      "signature",
      manifest.signatureBeside
        ? `beside it, not checked: samicerts verify --manifest ${manifest.source}`
        : ({ text: "missing: no file of its name with .sig is beside it", as: "warn" } as const),
    ],
  ];
  return block(`manifest ${manifest.source}`, rows, page);
}

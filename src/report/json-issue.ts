import type { LineIssued } from "../actions/create-line.ts";
import type { Issued } from "../actions/issued.ts";
import type { RootReplaced } from "../actions/replace-root.ts";

/** The `samicerts/root/v1` or `samicerts/client/v1` document; docs/json.md describes it. */
export function issuedJson(command: "root" | "client", issued: Issued): string {
  return printed(issuedDocument(command, issued));
}

/** The `samicerts/intermediate/v1` document. */
export function lineJson(issued: LineIssued): string {
  const { schema, ...rest } = issuedDocument("intermediate", issued);
  return printed({ schema, line: issued.line, serials: issued.serials ?? null, ...rest });
}

/** The `samicerts/root/v1` document of a root that took another's place. */
export function replacedRootJson(issued: RootReplaced): string {
  const { certificate, paths } = issued.replaced;
  return printed({ ...issuedDocument("root", issued), replaced: { ...certificate, files: paths } });
}

/** What every document of something issued says: its schema, and the rest. */
export interface IssuedDocument {
  readonly schema: string;
  readonly [member: string]: unknown;
}

/** Says of something issued what every document of such says. */
export function issuedDocument(command: string, issued: Issued): IssuedDocument {
  const { role, paths, keyCreated, resumed, policy, certificate, pem, findings } = issued;
  const { foreignKey } = issued;
  const inToken = paths.key?.startsWith("pkcs11:") === true;
  return {
    schema: `samicerts/${command}/v1`,
    role,
    files: {
      certificate: paths.certificate,
      key: inToken ? null : (paths.key ?? null),
      ...(paths.chain === undefined ? {} : { chain: paths.chain }),
    },
    ...(inToken ? { keyUri: paths.key } : {}),
    ...(issued.certificateInToken === undefined
      ? {}
      : { certificateInToken: issued.certificateInToken.stored }),
    keyCreated,
    keyEncrypted: issued.keyEncrypted === true,
    ...(foreignKey === undefined ? {} : { keyProof: foreignKey.proof, notGranted: foreignKey.notGranted }),
    resumed,
    policy,
    certificate,
    findings,
    pem,
  };
}

function printed(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

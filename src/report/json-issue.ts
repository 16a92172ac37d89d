import type { Issued } from "../actions/issued.ts";

/** The `samicerts/root/v1` or `samicerts/client/v1` document; docs/json.md describes it. */
export function issuedJson(command: "root" | "client", issued: Issued): string {
  const { role, paths, keyCreated, resumed, policy, certificate, pem, findings } = issued;
  const inToken = paths.key.startsWith("pkcs11:");
  const document = {
    schema: `samicerts/${command}/v1`,
    role,
    files: { certificate: paths.certificate, key: inToken ? null : paths.key },
    ...(inToken ? { keyUri: paths.key } : {}),
    keyCreated,
    resumed,
    policy,
    certificate,
    findings,
    pem,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

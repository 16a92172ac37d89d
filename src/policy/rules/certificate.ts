import { SIGNATURE_ALGORITHMS } from "../../x509/algorithms.ts";
import { sameBytes } from "../../x509/der-reader.ts";
import { TAG } from "../../x509/tag.ts";
import { ROLES } from "../policy.ts";
import type { Rule } from "../rule.ts";
import { parametersSchema, strings } from "./schema.ts";
import { BROKEN_HASHES, pssHashOid, signatureName, WEAK_SIGNATURES } from "./signature-name.ts";
import { hex, listing, reissue } from "./wording.ts";

const version: Rule = {
  id: "version",
  title: "The certificate is version 3 where it has extensions, or in any case.",
  citation: "RFC 5280, 4.1.2.1",
  roles: ROLES,
  parameters: parametersSchema({
    always: { type: "boolean", description: "true where version 3 is asked for without extensions too" },
  }),
  bind({ always }, role) {
    return ({ certificate }) => {
      if (certificate.version === 3 || (always !== true && certificate.extensions.length === 0))
        return undefined;
      return {
        message: `the certificate is version ${certificate.version}`,
        expected: "version 3",
        actual: `version ${certificate.version}`,
        hint: reissue(role, "as version 3, with the extensions its role needs"),
      };
    };
  },
};

const signatureAlgorithmsAgree: Rule = {
  id: "signature-algorithms-agree",
  title: "The algorithm inside what is signed is the one beside the signature, parameters included.",
  citation: "RFC 5280, 4.1.1.2",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate }) => {
      const { innerAlgorithm, outerAlgorithm } = certificate;
      if (sameBytes(innerAlgorithm.der, outerAlgorithm.der)) return undefined;
      const named = innerAlgorithm.oid !== outerAlgorithm.oid;
      const inner = named ? signatureName(innerAlgorithm) : hex(innerAlgorithm.der);
      const outer = named ? signatureName(outerAlgorithm) : hex(outerAlgorithm.der);
      return {
        message:
          "the certificate names two different signature algorithms, one inside and one beside the signature",
        expected: `${inner}, as inside what is signed`,
        actual: `${outer} beside the signature`,
        hint: reissue(role, "by a tool that writes the same algorithm in both places"),
      };
    };
  },
};

const signatureAlgorithm: Rule = {
  id: "signature-algorithm",
  title: "The signature is made with one of the algorithms that the platform takes.",
  citation: "RFC 5280, 4.1.1.2",
  roles: ROLES,
  parameters: parametersSchema(
    {
      allow: strings(
        "signature-name",
        "the algorithms taken, such as ecdsa-with-SHA256 or RSASSA-PSS-SHA256",
      ),
    },
    ["allow"],
  ),
  bind({ allow }) {
    const names = new Set(allow as readonly string[]);
    const oids = new Set(
      [...SIGNATURE_ALGORITHMS.values()].filter((a) => names.has(a.name)).map((a) => a.oid),
    );
    const expected = listing([...names], "or");
    return ({ certificate }) => {
      if (oids.has(certificate.innerAlgorithm.oid)) return undefined;
      const name = signatureName(certificate.innerAlgorithm);
      if (names.has(name)) return undefined;
      return {
        message: `the certificate is signed with ${name}, which is not taken here`,
        expected,
        actual: name,
        hint: "have it issued by an issuer whose key signs with one of these",
      };
    };
  },
};

const signatureHash: Rule = {
  id: "signature-hash",
  title: "The signature does not rest on MD2, MD4, MD5 or SHA-1.",
  citation: "NIST SP 800-131A Rev. 2, 9",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate }) => {
      const algorithm = certificate.innerAlgorithm;
      let name = WEAK_SIGNATURES.get(algorithm.oid);
      if (name === undefined) {
        const hash = BROKEN_HASHES.get(pssHashOid(algorithm) ?? "");
        if (hash === undefined) return undefined;
        name = `RSASSA-PSS with ${hash}`;
      }
      return {
        message: `the certificate is signed with ${name}, whose hash is broken`,
        expected: "SHA-256, SHA-384 or SHA-512",
        actual: name,
        hint: reissue(role, "with a signature over SHA-256 or better"),
      };
    };
  },
};

const signatureParameters: Rule = {
  id: "signature-parameters",
  title: "The signature algorithm has the parameters it must have: NULL for RSA, none for ECDSA and Ed25519.",
  citation: "RFC 4055, 5; RFC 5758, 3.2; RFC 8410, 3",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate }) => {
      const algorithm = certificate.innerAlgorithm;
      const known = SIGNATURE_ALGORITHMS.get(algorithm.oid);
      if (known === undefined) return undefined;
      const found = algorithm.parameters;
      if (hasForm(found, known.parameters)) return undefined;
      return {
        message: `the parameters of ${known.name} are not written as they must be`,
        expected: EXPECTED_PARAMETERS.get(known.parameters) ?? known.parameters,
        actual: found === undefined ? "no parameters" : `parameters ${hex(found)}`,
        hint: reissue(role, "by a tool that writes the algorithm as its RFC says"),
      };
    };
  },
};

function hasForm(parameters: Uint8Array | undefined, form: "absent" | "null" | "pss"): boolean {
  if (parameters === undefined) return form === "absent";
  return form === "pss" || (form === "null" && parameters.length === 2 && parameters[0] === TAG.null);
}

const EXPECTED_PARAMETERS: ReadonlyMap<string, string> = new Map([
  ["absent", "no parameters"],
  ["null", "parameters NULL (05 00)"],
  ["pss", "RSASSA-PSS parameters that name the hash"],
]);

/** The rules on a certificate's outermost fields: version and signature algorithm. */
export const CERTIFICATE_RULES: readonly Rule[] = [
  version,
  signatureAlgorithmsAgree,
  signatureAlgorithm,
  signatureHash,
  signatureParameters,
];

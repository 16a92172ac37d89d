import { SIGNATURE_ALGORITHMS } from "../../x509/algorithms.ts";
import type { Certificate } from "../../x509/certificate.ts";
import { sameBytes } from "../../x509/der-reader.ts";
import type { Judged, Rule } from "../rule.ts";
import { parametersSchema, whole } from "./schema.ts";
import { signatureName } from "./signature-name.ts";
import { counted, listing, range } from "./wording.ts";

const chainIntermediates: Rule = {
  id: "chain-intermediates",
  title: "Between device and root stand as many intermediates as the platform takes.",
  citation: "RFC 5280, 6.1",
  roles: ["intermediate", "device"],
  parameters: parametersSchema({
    minimum: whole(0, "the least intermediates between device and root"),
    maximum: whole(0, "the most intermediates between device and root"),
  }),
  bind(parameters, role) {
    const minimum = role === "device" ? (parameters.minimum as number | undefined) : undefined;
    const maximum = parameters.maximum as number | undefined;
    const expected = maximum === 0 ? "no intermediate" : range(minimum, maximum, "intermediate");
    return (judged) => {
      const count = role === "device" ? intermediatesAbove(judged) : 1 + (intermediatesAbove(judged) ?? 0);
      if (count === undefined || (count >= (minimum ?? 0) && count <= (maximum ?? count))) return undefined;
      const many = maximum !== undefined && count > maximum;
      return {
        message: `the chain has ${many ? "more" : "fewer"} intermediates than the platform takes`,
        expected,
        actual: count === 0 ? "no intermediate" : counted(count, "intermediate"),
        hint: many
          ? maximum === 0
            ? "have the device's certificate signed by the registered root: `samicerts client` in its --dir"
            : "have the certificate signed by a CA that is nearer to the root"
          : "have the device's certificate signed by an intermediate: `samicerts intermediate` makes one",
      };
    };
  },
};

/**
 * How many certificates stand between the judged one and the anchor; undefined without a path. As with a path's length
 * (RFC 5280, 6.1), those that are self-issued do not count: they are the same authority with another key.
 */
function intermediatesAbove({ certificate, path }: Judged): number | undefined {
  if (path === undefined || path.length === 0) return undefined;
  const place = Math.max(0, path.indexOf(certificate));
  let count = 0;
  for (let above = place + 1; above < path.length - 1; above++) {
    const { subject, issuer } = path[above] as Certificate;
    if (!sameBytes(subject.der, issuer.der)) count++;
  }
  return count;
}

const chainSignatureFamily: Rule = {
  id: "chain-signature-family",
  title: "All certificates of the chain are signed with algorithms of one family.",
  citation: "IEEE 802.1AR-2018, 7",
  roles: ["device"],
  bind() {
    return ({ certificate, path }) => {
      if (path === undefined) return undefined;
      const family = signatureFamily(certificate);
      let same = true;
      for (const member of path) if (signatureFamily(member) !== family) same = false;
      if (same) return undefined;
      const names = path.map((member) => signatureName(member.innerAlgorithm));
      return {
        message: "the certificates of the chain are signed with algorithms of different families",
        expected: "one family of signature algorithms in the whole chain",
        actual: listing(names),
        hint: "make root, intermediates and devices with keys of one kind, all EC or all RSA",
      };
    };
  },
};

/** An algorithm's family, RSA with either padding being one; its OID where it is unknown. */
function signatureFamily(certificate: Certificate): string {
  const oid = certificate.innerAlgorithm.oid;
  const family = SIGNATURE_ALGORITHMS.get(oid)?.family ?? oid;
  return family === "rsa-pss" ? "rsa" : family;
}

/** The rules on the chain that a certificate stands in. */
export const CHAIN_RULES: readonly Rule[] = [chainIntermediates, chainSignatureFamily];

import { DerReader } from "../../x509/der-reader.ts";
import type { Extension } from "../../x509/extensions.ts";
import { extensionName } from "../../x509/oids.ts";
import { ROLES } from "../policy.ts";
import type { Flaw, Rule } from "../rule.ts";
import { parametersSchema, whole } from "./schema.ts";
import { hex, reissue } from "./wording.ts";

const unknownCriticalExtension: Rule = {
  id: "unknown-critical-extension",
  title: "Every critical extension is one that is understood here.",
  citation: "RFC 5280, 4.2",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate: { extensions } }) => {
      let flaws: Flaw[] | undefined;
      for (const { oid, critical } of extensions) {
        if (!critical || extensionName(oid) !== undefined) continue;
        flaws ??= [];
        flaws.push({
          message: `the extension ${oid} is critical and not understood, so the certificate must be rejected`,
          expected: "critical extensions of RFC 5280 only",
          actual: `${oid}, critical`,
          hint: reissue(role, `without the extension ${oid}, or with it not critical`),
        });
      }
      return flaws;
    };
  },
};

const nameConstraintsCaOnly: Rule = {
  id: "name-constraints-ca-only",
  title: "A device's certificate has no nameConstraints.",
  citation: "RFC 5280, 4.2.1.10",
  roles: ["device"],
  bind(_, role) {
    return ({ certificate: { known } }) => {
      if (known.nameConstraints === undefined) return undefined;
      return {
        message: "a device's certificate has nameConstraints, which only a CA's may have",
        expected: "no nameConstraints",
        actual: `nameConstraints${known.nameConstraints.critical ? ", critical" : ""}`,
        hint: reissue(role, "without nameConstraints"),
      };
    };
  },
};

const nameConstraintsCritical: Rule = {
  id: "name-constraints-critical",
  title: "nameConstraints, where present, is critical.",
  citation: "RFC 5280, 4.2.1.10",
  roles: ["root", "intermediate"],
  bind(_, role) {
    return ({ certificate: { known } }) => {
      if (known.nameConstraints?.critical !== false) return undefined;
      return {
        message: "nameConstraints is not marked critical, so a reader may pass over it",
        expected: "nameConstraints marked critical",
        actual: "not critical",
        hint: reissue(role, "with nameConstraints marked critical, or without it"),
      };
    };
  },
};

const HARDWARE_MODULE_NAME = "1.3.6.1.5.5.7.8.4";

const hardwareModuleName: Rule = {
  id: "hardware-module-name",
  title: "A hardwareModuleName in subjectAltName is the type of the hardware and its serial number.",
  citation: "RFC 4108, 5; IEEE 802.1AR-2018, 8.10.4",
  roles: ["device"],
  bind() {
    return ({ certificate: { known } }) => {
      const names = known.subjectAltName?.names;
      if (names === undefined) return undefined;
      for (const name of names) {
        if (name.type !== "otherName" || name.oid !== HARDWARE_MODULE_NAME) continue;
        const problem = moduleNameProblem(name.value);
        if (problem === undefined) continue;
        return {
          message: "the hardwareModuleName in subjectAltName is malformed",
          expected: "SEQUENCE { hwType OBJECT IDENTIFIER, hwSerialNum OCTET STRING }",
          actual: `${hex(name.value)}: ${problem}`,
          hint: "have it issued without hardwareModuleName, or with it written as RFC 4108 says",
        };
      }
      return undefined;
    };
  },
};

function moduleNameProblem(value: Uint8Array): string | undefined {
  try {
    const reader = new DerReader(value);
    const sequence = reader.sequence("hardwareModuleName");
    sequence.oid("hwType");
    sequence.octetString("hwSerialNum");
    sequence.end("hardwareModuleName");
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const PEM_BEGIN = "-----BEGIN CERTIFICATE-----\n";
const PEM_END = "-----END CERTIFICATE-----\n";

const pemSize: Rule = {
  id: "pem-size",
  title: "The certificate as PEM is no longer than the platform's interface takes.",
  citation: "AWS IoT Core, API reference: RegisterCertificate",
  roles: ROLES,
  parameters: parametersSchema({ maximumCharacters: whole(1, "the most characters of PEM") }, [
    "maximumCharacters",
  ]),
  bind({ maximumCharacters }) {
    const maximum = maximumCharacters as number;
    return ({ certificate: { der, extensions } }) => {
      const size = pemCharacters(der.length);
      if (size <= maximum) return undefined;
      const largest = extensions.reduce((a, b) => (b.value.length > a.value.length ? b : a), NO_EXTENSION);
      return {
        message: "the certificate is too large for the platform's interface",
        expected: `at most ${maximum} characters of PEM`,
        actual: `${size} characters of PEM`,
        hint: `have it issued with less in it; extension ${largest.oid} has ${largest.value.length} octets`,
      };
    };
  },
};

const NO_EXTENSION: Extension = { oid: "none", critical: false, value: new Uint8Array() };

/** The characters of a certificate's PEM form: base64 in lines of 64, line ends included (RFC 7468, 2). */
function pemCharacters(derOctets: number): number {
  const base64 = Math.ceil(derOctets / 3) * 4;
  return PEM_BEGIN.length + base64 + Math.ceil(base64 / 64) + PEM_END.length;
}

/** The rules on extensions as such, and on those that have no family of their own. */
export const EXTENSION_RULES: readonly Rule[] = [
  unknownCriticalExtension,
  nameConstraintsCaOnly,
  nameConstraintsCritical,
  hardwareModuleName,
  pemSize,
];

import { KEY_USAGES } from "../x509/oids.ts";
import type { JsonSchema } from "./json-schema.ts";
import type { Rule } from "./rule.ts";

const TEXT: JsonSchema = { type: "string", minLength: 1, maxLength: 1000, format: "plain-text" };

const CONSTRAINTS: JsonSchema = {
  type: "object",
  description: "the basicConstraints extension; left out where the policy has none",
  additionalProperties: false,
  required: ["critical", "ca"],
  properties: {
    critical: { type: "boolean", description: "whether the extension is critical" },
    ca: { type: "boolean", description: "whether the certificate may sign certificates" },
    pathLength: {
      type: "integer",
      minimum: 0,
      maximum: 16,
      description: "how many intermediates may follow",
    },
  },
};

const USAGES: JsonSchema = {
  type: "array",
  uniqueItems: true,
  items: { enum: KEY_USAGES },
  description: "keyUsage bits by name; an empty list for no extension",
};

function urls(what: string): JsonSchema {
  return {
    type: "array",
    uniqueItems: true,
    maxItems: 8,
    items: { type: "string", maxLength: 1000, format: "url-template" },
    description: `addresses of ${what}; {issuerKeyId} is the issuer's key identifier in hex`,
  };
}

const ISSUE: JsonSchema = {
  type: "object",
  description: "what certificates of this role are made with, unless the command says otherwise",
  additionalProperties: false,
  properties: {
    key: {
      type: "string",
      format: "key-spec",
      description: "ec:P-256, rsa:3072, ed25519: as --key writes it",
    },
    encryptedKey: { type: "boolean", description: "true where the private key's file must be encrypted" },
    hash: { enum: ["sha256", "sha384", "sha512"], description: "the hash of RSA signatures" },
    validityDays: { type: "integer", minimum: 1, maximum: 2_900_000, description: "days of validity" },
    noExpiry: { type: "boolean", description: "true where notAfter is 9999-12-31T23:59:59Z" },
    backdateSeconds: {
      type: "integer",
      minimum: 0,
      maximum: 31_622_400,
      description: "how far notBefore is set back, for clocks that run behind",
    },
    serialOctets: {
      type: "integer",
      minimum: 8,
      maximum: 20,
      description: "octets of a random serial number",
    },
    inheritSubject: {
      type: "array",
      uniqueItems: true,
      items: { type: "string", format: "attribute-type" },
      description: "attribute types taken over from the issuer's subject, where it has them",
    },
    subject: {
      type: "object",
      propertyNames: { type: "string", format: "attribute-type" },
      additionalProperties: { type: "string", minLength: 1, maxLength: 256, format: "subject-template" },
      description: "attribute type -> text with {name}, {serial} (decimal) or {serialHex}",
    },
    basicConstraints: CONSTRAINTS,
    keyUsage: USAGES,
    keyUsageRsa: { ...USAGES, description: "keyUsage bits that an RSA key has besides" },
    extKeyUsage: {
      type: "array",
      uniqueItems: true,
      items: { type: "string", format: "purpose" },
      description: "purposes by name or OID; an empty list for no extension",
    },
    crlUrls: urls("the issuer's CRL"),
    ocspUrls: urls("who answers OCSP for the issuer"),
    caIssuerUrls: urls("the issuer's certificate"),
    ocspResponder: {
      type: "boolean",
      description: "whether a certificate may be made for who answers OCSP in this authority's stead",
    },
    ocspNoCheck: {
      type: "boolean",
      description: "whether ocsp-nocheck is written: nobody need ask whether it was revoked",
    },
    crl: {
      type: "object",
      description: "the CRLs that a certificate authority of this role publishes",
      additionalProperties: false,
      properties: {
        validityDays: {
          type: "integer",
          minimum: 1,
          maximum: 3660,
          description: "days from a CRL to the latest moment of the next",
        },
        keepExpired: {
          type: "boolean",
          description: "whether certificates that have expired stay on it",
        },
      },
    },
    subjectKeyIdentifier: { type: "boolean", description: "whether the extension is written" },
    authorityKeyIdentifier: { type: "boolean", description: "whether the extension is written" },
  },
};

const SEVERITY: JsonSchema = {
  enum: ["error", "warning", "info", "off"],
  description: "error, warning, info, or off",
};

/** The name of a rule's parameters in `$defs`. */
function parametersName(rule: Rule): string {
  return `parameters-${rule.id}`;
}

/** How a policy may use one rule: `parameters` and `roles` only as far as the rule has them. */
function ruleUseSchema(rule: Rule): JsonSchema {
  const severity: JsonSchema = { $ref: "#/$defs/severity" };
  const parameters =
    rule.parameters === undefined ? {} : { parameters: { $ref: `#/$defs/${parametersName(rule)}` } };
  const roleUse: JsonSchema = {
    anyOf: [
      { const: "off", description: "the rule does not concern this role" },
      { type: "object", additionalProperties: false, properties: { severity, ...parameters } },
    ],
  };
  return {
    type: "object",
    description: `${rule.title} (${rule.citation})`,
    additionalProperties: false,
    properties: {
      severity,
      source: { ...TEXT, description: "the key in sources that makes the demand" },
      note: { ...TEXT, description: "why this limit" },
      ...parameters,
      roles: {
        type: "object",
        description: "what differs for single roles",
        additionalProperties: false,
        properties: Object.fromEntries(rule.roles.map((role) => [role, roleUse])),
      },
    },
  };
}

/**
 * The policy language as a JSON Schema (draft 2020-12), with every rule's parameters: what `dist/policy.schema.json` holds
 * and what policy files are checked against. Formats other than `regex` and `date` are our own.
 */
export function policySchema(rules: readonly Rule[]): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "samicerts policy",
    description: "A platform's demands on certificates: what to make, what to judge, and who says so.",
    type: "object",
    additionalProperties: false,
    required: ["name", "title"],
    properties: {
      $schema: { type: "string", description: "where this schema is, for editors; not read" },
      name: {
        type: "string",
        pattern: "^[a-z0-9]+(-[a-z0-9]+)*$",
        maxLength: 64,
        description: "lower case, digits and single hyphens",
      },
      title: { ...TEXT, description: "one line for people" },
      extends: {
        type: "array",
        uniqueItems: true,
        maxItems: 16,
        items: TEXT,
        description: "built-in policies by name, or files such as ./ours.json; the later over the earlier",
      },
      sources: {
        type: "object",
        propertyNames: { type: "string", pattern: "^[a-z0-9]+(-[a-z0-9]+)*$" },
        additionalProperties: TEXT,
        description: "documents that make the demands: key -> citation",
      },
      issue: {
        type: "object",
        additionalProperties: false,
        description: "what is made, by role",
        properties: {
          root: { $ref: "#/$defs/issue" },
          intermediate: { $ref: "#/$defs/issue" },
          device: { $ref: "#/$defs/issue" },
        },
      },
      rules: {
        type: "object",
        additionalProperties: false,
        description: "what is judged, by rule id",
        properties: Object.fromEntries(rules.map((rule) => [rule.id, ruleUseSchema(rule)])),
      },
    },
    $defs: {
      issue: ISSUE,
      severity: SEVERITY,
      ...Object.fromEntries(
        rules.flatMap((rule) =>
          rule.parameters === undefined ? [] : [[parametersName(rule), rule.parameters]],
        ),
      ),
    },
  };
}

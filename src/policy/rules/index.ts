import type { Rule } from "../rule.ts";
import { ALTERNATIVE_NAME_RULES } from "./alternative-names.ts";
import { ATTRIBUTE_RULES } from "./attributes.ts";
import { BASIC_CONSTRAINTS_RULES } from "./basic-constraints.ts";
import { CERTIFICATE_RULES } from "./certificate.ts";
import { CERTIFICATE_POLICY_RULES } from "./certificate-policies.ts";
import { CHAIN_RULES } from "./chain.ts";
import { COMMON_NAME_RULES } from "./common-name.ts";
import { CRITICALITY_RULES } from "./criticality.ts";
import { EXT_KEY_USAGE_RULES } from "./ext-key-usage.ts";
import { EXTENSION_RULES } from "./extensions.ts";
import { ISSUER_RULES } from "./issuer.ts";
import { KEY_RULES } from "./key.ts";
import { KEY_IDENTIFIER_RULES } from "./key-identifiers.ts";
import { KEY_USAGE_RULES } from "./key-usage.ts";
import { LIFETIME_RULES } from "./lifetime.ts";
import { LOCATION_RULES } from "./locations.ts";
import { MATTER_RULES } from "./matter.ts";
import { OCSP_RULES } from "./ocsp.ts";
import { SERIAL_RULES } from "./serial.ts";
import { SUBJECT_RULES } from "./subject.ts";
import { VALIDITY_RULES } from "./validity.ts";

/** Every rule there is, in the order in which a certificate is judged and its findings are told. */
export const RULES: readonly Rule[] = [
  ...CERTIFICATE_RULES,
  ...SERIAL_RULES,
  ...KEY_RULES,
  ...LIFETIME_RULES,
  ...VALIDITY_RULES,
  ...ISSUER_RULES,
  ...SUBJECT_RULES,
  ...COMMON_NAME_RULES,
  ...ATTRIBUTE_RULES,
  ...BASIC_CONSTRAINTS_RULES,
  ...KEY_USAGE_RULES,
  ...EXT_KEY_USAGE_RULES,
  ...OCSP_RULES,
  ...KEY_IDENTIFIER_RULES,
  ...EXTENSION_RULES,
  ...CRITICALITY_RULES,
  ...ALTERNATIVE_NAME_RULES,
  ...LOCATION_RULES,
  ...CERTIFICATE_POLICY_RULES,
  ...CHAIN_RULES,
  ...MATTER_RULES,
];

/**
 * What we say where a lint of zlint's finds fault: the id of a rule of the rfc5280 policy, or a decoding error's code
 * with what it is about (`der.default basicConstraints`).
 */
export const LINT_RULES: ReadonlyMap<string, RegExp> = new Map([
  ["e_basic_constr_invalid_der", /^der\.(default|boolean) basicConstraints/],
  ["e_basic_constraints_not_critical", /^basic-constraints-critical$/],
  ["e_ca_subject_field_empty", /^(subject-nonempty$|certificate\.unnamed-subject)/],
  ["e_cert_ext_invalid_der", /^der\.default .*critical/],
  ["e_cert_extensions_version_not_3", /^certificate\.version/],
  ["e_cert_unique_identifier_version_not_2_or_3", /^(certificate\.version|der\.default .*version)/],
  ["e_ext_authority_key_identifier_critical", /^authority-key-identifier-critical$/],
  ["e_ext_authority_key_identifier_missing", /^authority-key-identifier$/],
  ["e_ext_authority_key_identifier_no_key_identifier", /^authority-key-identifier$/],
  ["e_ext_cannot_be_empty_sequence", /^der\.empty (?!.*: (issuer|subject)$)/],
  ["e_ext_ian_dns_not_ia5_string", /^der\.charset issuerAltName/],
  ["e_ext_ian_no_entries", /^der\.empty issuerAltName/],
  ["e_ext_key_usage_cert_sign_without_ca", /^key-usage-end-entity$/],
  ["e_ext_key_usage_without_bits", /^key-usage-nonempty$/],
  ["e_ext_name_constraints_not_critical", /^name-constraints-critical$/],
  ["e_ext_name_constraints_not_in_ca", /^(name-constraints-ca-only$|der\.empty nameConstraints)/],
  ["e_ext_policy_constraints_empty", /^der\.empty policyConstraints/],
  ["e_ext_san_dns_not_ia5_string", /^der\.charset subjectAltName/],
  ["e_ext_san_no_entries", /^der\.empty subjectAltName/],
  ["e_ext_san_not_critical_without_subject", /^(certificate\.unnamed-subject|empty-subject-san$)/],
  ["e_ext_subject_key_identifier_critical", /^subject-key-identifier-critical$/],
  ["e_ext_subject_key_identifier_missing_ca", /^subject-key-identifier$/],
  ["w_ext_subject_key_identifier_missing_sub_cert", /^subject-key-identifier$/],
  ["w_ext_key_usage_not_critical", /^key-usage-critical$/],
  ["e_issuer_field_empty", /^issuer-nonempty$/],
  ["e_path_len_constraint_improperly_included", /^path-length-place$/],
  ["e_path_len_constraint_zero_or_less", /^der\.integer basicConstraints\.pathLenConstraint/],
  ["e_serial_number_longer_than_20_octets", /^serial-octets$/],
  ["e_serial_number_not_positive", /^serial-positive$/],
  ["e_spki_rsa_encryption_parameter_not_null", /^(key-parameters$|der\.algorithm .*subjectPublicKeyInfo)/],
  ["e_tbs_signature_rsa_encryption_parameter_not_null", /^signature-parameters$/],
  ["e_subject_dn_country_not_printable_string", /^attribute-encoding$/],
  ["e_subject_dn_serial_number_max_length", /^attribute-lengths$/],
  ["e_subject_organization_name_max_length", /^attribute-lengths$/],
  ["e_subject_organizational_unit_name_max_length", /^attribute-lengths$/],
  ["e_subject_printable_string_badalpha", /^der\.(charset|string) .*subject/],
  ["e_subject_empty_without_san", /^empty-subject-san$/],
  ["e_wrong_time_format_pre2050", /^time-form$/],
]);

const REFUSED =
  "path building refuses the extension, whatever it says, in every CA and wherever it is critical";
const NOT_PROCESSED =
  "path building refuses the extension where it is critical; the lint's pass says no more";
const HOST_NAMES = "host, mail and web names do not name a device to its platform";
const POLICIES = "no device platform reads certificate policies";
const REVOCATION = "it concerns where a CRL is found, which path building does not use";

/** The lints that no rule of ours stands for, and why. */
export const LINTS_LEFT_OUT: readonly (readonly [RegExp, string])[] = [
  [
    /policy_constraints_not_critical/,
    "one that is not critical is refused unless the path certainly meets it",
  ],
  [/policy_map|inhibit_any_policy|name_constraint/, REFUSED],
  [/(aia|freshest_crl|subject_info_access|crl_distribution)_marked_critical/, NOT_PROCESSED],
  [/_(san|ian)_|dnsname|dns_name|subj_email/, HOST_NAMES],
  [/cert_policy/, POLICIES],
  [/distribution_point|aia_access_location/, REVOCATION],
  [/recommended_max_length/, "RFC 5280 allows 32,768 characters; the lint recommends an older standard's 64"],
  [/ku_encoding/, "wanted: a rule on trailing zero bits in keyUsage (X.690, 11.2.2)"],
  [
    /extended_key_usage_inconsistent|eku_critical/,
    "wanted: a rule that keyUsage and extKeyUsage fit each other",
  ],
];

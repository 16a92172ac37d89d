import { encodeOid } from "./der-writer.ts";
import { TAG } from "./tag.ts";

/** A type of attribute that names are made of. */
export interface AttributeType {
  readonly oid: string;
  /** The whole OBJECT IDENTIFIER element, ready to be written. */
  readonly oidDer: Uint8Array;
  /** The name it is shown under: `CN`. */
  readonly short: string;
  /** Its long name: `commonName`. */
  readonly long: string;
  /** Other names that are understood, in lower case. */
  readonly aliases: readonly string[];
  /** The string type its values are written in. */
  readonly tag: number;
  /** The most Unicode characters of a value (RFC 5280, A.1; X.520, annex C); absent where there is no bound. */
  readonly maxLength?: number;
}

const { printableString, utf8String, ia5String } = TAG;

/** OID, short name, long name, string type, upper bound, other names. */
type Row = readonly [string, string, string, number, (number | undefined)?, (readonly string[])?];

/** RFC 5280 (A.1), RFC 4519, X.520, PKCS #9 (RFC 2985), CA/Browser Forum, ETSI EN 319 412-1, Matter (6.5.6). */
const ROWS: readonly Row[] = [
  ["2.5.4.6", "C", "countryName", printableString, 2, ["country"]],
  ["2.5.4.8", "ST", "stateOrProvinceName", utf8String, 128, ["s", "state"]],
  ["2.5.4.7", "L", "localityName", utf8String, 128, ["locality"]],
  ["2.5.4.10", "O", "organizationName", utf8String, 64, ["organization"]],
  ["2.5.4.11", "OU", "organizationalUnitName", utf8String, 64, ["organizationalunit"]],
  ["2.5.4.3", "CN", "commonName", utf8String, 64],
  ["2.5.4.5", "serialNumber", "serialNumber", printableString, 64],
  ["1.2.840.113549.1.9.1", "emailAddress", "emailAddress", ia5String, 255, ["e", "email"]],
  ["0.9.2342.19200300.100.1.25", "DC", "domainComponent", ia5String],
  ["0.9.2342.19200300.100.1.1", "UID", "userId", utf8String, 256],
  ["2.5.4.12", "title", "title", utf8String, 64],
  ["2.5.4.4", "SN", "surname", utf8String, 32768],
  ["2.5.4.42", "GN", "givenName", utf8String, 32768, ["g"]],
  ["2.5.4.43", "initials", "initials", utf8String, 32768],
  ["2.5.4.44", "generationQualifier", "generationQualifier", utf8String, 32768],
  ["2.5.4.46", "dnQualifier", "dnQualifier", printableString],
  ["2.5.4.65", "pseudonym", "pseudonym", utf8String, 128],
  ["2.5.4.41", "name", "name", utf8String, 32768],
  ["2.5.4.9", "street", "streetAddress", utf8String, 128],
  ["2.5.4.17", "postalCode", "postalCode", utf8String, 40],
  ["2.5.4.13", "description", "description", utf8String, 1024],
  ["2.5.4.15", "businessCategory", "businessCategory", utf8String, 128],
  ["2.5.4.97", "organizationIdentifier", "organizationIdentifier", utf8String],
  ["1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC", "jurisdictionCountryName", printableString, 2],
  ["1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST", "jurisdictionStateOrProvinceName", utf8String, 128],
  ["1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL", "jurisdictionLocalityName", utf8String, 128],
  ["1.2.840.113549.1.9.2", "unstructuredName", "unstructuredName", utf8String, 255],
  ["1.2.840.113549.1.9.8", "unstructuredAddress", "unstructuredAddress", utf8String, 255],
  ["1.3.6.1.4.1.37244.2.1", "matterVid", "matterVendorId", utf8String, 4],
  ["1.3.6.1.4.1.37244.2.2", "matterPid", "matterProductId", utf8String, 4],
];

/** One row, its OBJECT IDENTIFIER encoded when it is first written: a process writes few of them. */
class KnownType implements AttributeType {
  readonly oid: string;
  readonly short: string;
  readonly long: string;
  readonly tag: number;
  declare readonly maxLength?: number;
  readonly aliases: readonly string[];
  private encoded: Uint8Array | undefined;

  constructor([oid, short, long, tag, maxLength, aliases = []]: Row) {
    this.oid = oid;
    this.short = short;
    this.long = long;
    this.tag = tag;
    if (maxLength !== undefined) this.maxLength = maxLength;
    this.aliases = aliases;
  }

  get oidDer(): Uint8Array {
    this.encoded ??= encodeOid(this.oid);
    return this.encoded;
  }
}

/** Every attribute type known by name, the usual ones first. */
export const ATTRIBUTE_TYPES: readonly AttributeType[] = ROWS.map((row) => new KnownType(row));

const BY_OID: ReadonlyMap<string, AttributeType> = new Map(ATTRIBUTE_TYPES.map((type) => [type.oid, type]));

/** By every name in lower case; made when one is asked for that is not a short name as we write it. */
class NamesInAnyCase {
  private types: ReadonlyMap<string, AttributeType> | undefined;

  find(name: string): AttributeType | undefined {
    this.types ??= new Map(
      ATTRIBUTE_TYPES.flatMap((type) =>
        [type.short, type.long, ...type.aliases].map((each) => [each.toLowerCase(), type] as const),
      ),
    );
    return this.types.get(name.toLowerCase());
  }
}

const ANY_CASE: NamesInAnyCase = new NamesInAnyCase();

/** Finds a type by its short or long name in any case, or by its dotted OID; undefined where it is unknown. */
export function attributeTypeByName(name: string): AttributeType | undefined {
  return ATTRIBUTE_TYPES.find(({ short }) => short === name) ?? ANY_CASE.find(name) ?? BY_OID.get(name);
}

/** Finds a type by its dotted OID; undefined where it is unknown. */
export function attributeTypeByOid(oid: string): AttributeType | undefined {
  return BY_OID.get(oid);
}

/** A type in words: its short name, or its dotted OID where it has none. */
export function attributeLabel(oid: string): string {
  return BY_OID.get(oid)?.short ?? oid;
}

import type { SamicertsError } from "../base/errors.ts";
import { attributeTypeByName } from "./attribute-types.ts";
import { checkAttribute, findAttributeType } from "./attribute-value.ts";
import { decodeAttribute, encodeName, type Name, type NameAttribute } from "./name.ts";
import { errorAt, nameError, placeIn, quoted, type Where } from "./name-error.ts";
import { scanCommas, scanSlashed, type TypedPair } from "./name-scan.ts";
import { formatCodePoint } from "./strings.ts";

/** The longest DN read, in UTF-16 units; no certificate has one of a hundredth of this. */
const MAX_TEXT = 65536;
const EXAMPLES = "write it as /C=US/O=MyOrg/CN=x or as CN=x,O=MyOrg,C=US";

/**
 * Reads a DN in either syntax, told apart by the first character.
 *
 * - `/C=US/O=MyOrg/CN=x`, OpenSSL's -subj form: encoded in the order as typed. `\` takes the next character as it is,
 *   `\x0A` is an octet of UTF-8. `//` in front, which Git Bash needs, is one slash.
 * - `CN=x,O=MyOrg,C=US`, RFC 4514: encoded in the reverse order, because that is what this form is (2.1), so that
 *   both examples are the same name. Escapes as there; also RFC 2253's quotes.
 *
 * In both `+` joins the attributes of one RDN, types go by short or long name in any case or by dotted OID, and `#`
 * with hex digits is a value's whole DER: in the first form after a dotted OID only. Each type is written in its own
 * string type, an unknown one in UTF8String. Throws `name.*` naming the attribute and its position, counted from 1.
 */
export function parseName(text: string): Name {
  if (/^[\s/]*$/.test(text)) throw nameError("empty", "the DN is empty", EXAMPLES);
  if (text.length > MAX_TEXT)
    throw nameError("too-long", `the DN is longer than ${MAX_TEXT} characters`, "shorten it");
  if (/^[A-Za-z]:[\\/]/.test(text)) throw shellRewrote(text);
  refuseControls(text);
  const slashed = text.startsWith("/");
  const rdns = (slashed ? scanSlashed : scanCommas)(text).map((rdn) => readRdn(text, rdn));
  return encodeName(slashed ? rdns : rdns.reverse());
}

function readRdn(text: string, pairs: readonly TypedPair[]): readonly NameAttribute[] {
  const seen = new Set<string>();
  return pairs.map(({ type, typeAt, value, isHex, valueAt }) => {
    const { oid, tag } = findAttributeType(type, () => placeIn(text, typeAt));
    if (seen.has(oid))
      throw errorAt(
        text,
        typeAt,
        "duplicate-type",
        `${type} is in this RDN already`,
        "a type stands once among those that + joins; separate them instead, or write \\+ for a plus",
      );
    seen.add(oid);
    const where = (): string => placeIn(text, valueAt);
    return checkAttribute(isHex ? readHexValue(oid, value, type, where) : { oid, tag, text: value }, where);
  });
}

function readHexValue(oid: string, digits: string, type: string, where: Where): NameAttribute {
  try {
    return decodeAttribute(oid, Buffer.from(digits, "hex"), type);
  } catch (cause) {
    throw nameError(
      "syntax",
      `${where()}the hex digits of ${type} are not one DER element: ${(cause as Error).message}`,
      "write \\# where the # is a character of the value",
    );
  }
}

function refuseControls(text: string): void {
  const index = text.search(/[\p{Cc}]/u);
  if (index < 0) return;
  const point = text.charCodeAt(index);
  const lineBreak = point === 0x0a || point === 0x0d;
  throw errorAt(
    text,
    index,
    "charset",
    lineBreak ? "a line ends here" : `the control character ${formatCodePoint(point)} is here`,
    lineBreak ? "write the DN on one line" : "leave it out",
  );
}

/** The error for a DN that Git Bash or MSYS2 took for a path and gave to us with its own directory in front. */
function shellRewrote(text: string): SamicertsError {
  const typed = Array.from(text.matchAll(/[\\/]([A-Za-z]+|\d+(?:\.\d+)+)=/g)).find(
    ([, type = ""]) => /^\d/.test(type) || attributeTypeByName(type) !== undefined,
  );
  const dn = typed === undefined ? "/C=US/O=MyOrg/CN=x" : text.slice(typed.index).replaceAll("\\", "/");
  return nameError(
    "windows-path",
    `DN, position 1: ${quoted(text)} is a path, which the Windows shell made of the DN`,
    `write MSYS_NO_PATHCONV=1 before the command, or double the first slash: ${quoted(`/${dn}`)}`,
  );
}

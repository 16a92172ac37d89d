import { SamicertsError } from "../base/errors.ts";
import { attributeLabel } from "./attribute-types.ts";
import { formatCodePoint } from "./strings.ts";
import { TAG, tagName } from "./tag.ts";

/** The most characters of a person's text that an error shows. */
const SHOWN = 40;

/** What a message begins with to say where in a text it happened; worked out only for an error. */
export type Where = () => string;

/** For what has no place in a text. */
export const NOWHERE: Where = () => "";

/** An error about a name: kind `input`, code `name.<problem>`. */
export function nameError(problem: string, message: string, hint: string): SamicertsError {
  return new SamicertsError({ kind: "input", code: `name.${problem}`, message, hint });
}

/** A `nameError` at a place in a DN's text; `index` counts UTF-16 units from 0. */
export function errorAt(
  text: string,
  index: number,
  problem: string,
  message: string,
  hint: string,
): SamicertsError {
  return nameError(problem, `${placeIn(text, index)}${message}`, hint);
}

/** What an error at `index` in a DN's text begins with: `DN, position 4: `, in characters from 1. */
export function placeIn(text: string, index: number): string {
  return `DN, position ${Array.from(text.slice(0, index)).length + 1}: `;
}

/** The error for a character that must not be written in a value; its message begins with `where`. */
export function misfitError(oid: string, tag: number, point: number, where: Where): SamicertsError {
  const label = attributeLabel(oid);
  const name = formatCodePoint(point);
  if (point < 0x20 || (point >= 0x7f && point < 0xa0))
    return nameError(
      "charset",
      `${where()}${label} has the control character ${name} in it`,
      "leave it out; it often comes along with the end of a copied line",
    );
  const shown = point >= 0xd800 && point < 0xe000 ? name : `"${String.fromCodePoint(point)}" (${name})`;
  return nameError(
    "charset",
    `${where()}${label} has ${shown} in it, which ${tag === TAG.ia5String ? "an" : "a"} ${tagName(tag)} can't hold`,
    MISFIT_HINTS.get(tag) ?? "leave that character out",
  );
}

const MISFIT_HINTS: ReadonlyMap<number, string> = new Map([
  [TAG.printableString, "use letters A-Z and a-z, digits, spaces and ' ( ) + , - . / : = ?"],
  [TAG.ia5String, "use ASCII; a domain name in other letters is written as xn--..."],
]);

/** A piece of a person's text for an error: in quotes, cut where it is long, one line, harmless to a terminal. */
export function quoted(text: string): string {
  // Twice as many UTF-16 units are as many characters at least; the whole of a hostile text need not be split.
  const characters = Array.from(text.slice(0, 2 * SHOWN + 2));
  const cut = characters.length > SHOWN ? `${characters.slice(0, SHOWN).join("")}...` : text;
  return JSON.stringify(cut).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (found) => `\\u{${(found.codePointAt(0) as number).toString(16)}}`,
  );
}

import { SamicertsError } from "../base/errors.ts";
import { DerReader } from "../x509/der-reader.ts";
import { isStringTag, readString } from "../x509/strings.ts";
import { tagName } from "../x509/tag.ts";

/** The text of a value that is one string in DER, and which string type it has; undefined for any other. */
export function derText(value: Uint8Array): { readonly text: string; readonly type: string } | undefined {
  const tag = value[0] ?? 0;
  if (!isStringTag(tag)) return undefined;
  try {
    const reader = new DerReader(value);
    const content = Buffer.from(reader.content(tag, "value"));
    reader.end("value");
    return { text: readString(content, 0, content.length, tag, "value"), type: tagName(tag) };
  } catch (error) {
    if (error instanceof SamicertsError) return undefined;
    throw error;
  }
}

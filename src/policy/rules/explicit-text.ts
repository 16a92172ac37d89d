import { SamicertsError } from "../../base/errors.ts";
import { DerReader } from "../../x509/der-reader.ts";
import type { CertificatePolicy } from "../../x509/extensions.ts";
import { isStringTag, readString } from "../../x509/strings.ts";
import { TAG } from "../../x509/tag.ts";

/** The qualifier that is a notice to be shown (RFC 5280, 4.2.1.4). */
export const USER_NOTICE = "1.3.6.1.5.5.7.2.2";

/** A notice's text with the string type it is written in. */
export interface ExplicitText {
  readonly tag: number;
  readonly text: string;
}

/** The texts of every notice in `policies`; a notice that is malformed has none. */
export function explicitTexts(policies: readonly CertificatePolicy[]): readonly ExplicitText[] {
  return policies.flatMap(({ qualifiers }) =>
    qualifiers.flatMap(({ oid, value }) => (oid === USER_NOTICE ? readNotice(value) : [])),
  );
}

/** UserNotice ::= SEQUENCE { noticeRef NoticeReference OPTIONAL, explicitText DisplayText OPTIONAL } */
function readNotice(value: Uint8Array): readonly ExplicitText[] {
  try {
    const notice = new DerReader(value).sequence("userNotice");
    if (!notice.done && notice.peek() === TAG.sequence) notice.element("noticeRef");
    if (notice.done) return [];
    const tag = notice.peek();
    if (!isStringTag(tag)) return [];
    const content = Buffer.from(notice.content(tag, "explicitText"));
    return [{ tag, text: readText(content, tag) }];
  } catch (error) {
    if (error instanceof SamicertsError) return [];
    throw error;
  }
}

/** Empty where the octets are no text of their type: what type they are called is known all the same. */
function readText(content: Buffer, tag: number): string {
  try {
    return readString(content, 0, content.length, tag, "explicitText");
  } catch (error) {
    if (error instanceof SamicertsError) return "";
    throw error;
  }
}

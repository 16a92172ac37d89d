import type { GeneralName } from "../../x509/general-name.ts";
import { ROLES } from "../policy.ts";
import type { Check, Flaw, Rule } from "../rule.ts";
import { countAttributes } from "./name-attributes.ts";
import { dnsNameProblem, mailboxProblem, uriProblem } from "./name-forms.ts";
import { quoted, reissue } from "./wording.ts";

type TextForm = Extract<GeneralName, { readonly text: string }>["type"];
type Holder = "subjectAltName" | "issuerAltName";

/** A form of name that is text, and what is asked of it. */
interface Form {
  readonly suffix: string;
  readonly type: TextForm;
  readonly expected: string;
  readonly problem: (text: string) => string | undefined;
}

const FORMS: readonly Form[] = [
  {
    suffix: "dns-form",
    type: "dNSName",
    expected: "a host's name in the preferred syntax, such as device.example.com",
    problem: dnsNameProblem,
  },
  {
    suffix: "email-form",
    type: "rfc822Name",
    expected: "a mailbox, such as name@example.com",
    problem: mailboxProblem,
  },
  {
    suffix: "uri-form",
    type: "uniformResourceIdentifier",
    expected: "an absolute URI with a host that is a name or an address, such as https://example.com/a",
    problem: uriProblem,
  },
];

const HOLDERS: readonly (readonly [prefix: string, holder: Holder, section: string])[] = [
  ["san", "subjectAltName", "4.2.1.6"],
  ["ian", "issuerAltName", "4.2.1.7"],
];

function formRule(prefix: string, holder: Holder, section: string, form: Form): Rule {
  const { suffix, type, expected, problem } = form;
  return {
    id: `${prefix}-${suffix}`,
    title: `Every ${type} in ${holder} is ${expected}.`,
    citation: `RFC 5280, ${section}`,
    roles: ROLES,
    bind(_, role): Check {
      return ({ certificate: { known } }) => {
        const names = known[holder]?.names;
        if (names === undefined) return undefined;
        let flaws: Flaw[] | undefined;
        for (const name of names) {
          if (name.type !== type) continue;
          const wrong = problem((name as { readonly text: string }).text);
          if (wrong === undefined) continue;
          flaws ??= [];
          flaws.push({
            message: `${holder} has a ${type} that is none: ${wrong}`,
            expected,
            actual: quoted((name as { readonly text: string }).text),
            hint: reissue(role, `with a ${type} that is one, or without ${holder}`),
          });
        }
        return flaws;
      };
    },
  };
}

const EMAIL_ADDRESS = "1.2.840.113549.1.9.1";

const emailInSan: Rule = {
  id: "email-in-san",
  title: "An e-mail address in the subject stands in subjectAltName too.",
  citation: "RFC 5280, 4.1.2.6",
  roles: ROLES,
  bind(_, role) {
    return ({ certificate: { subject, known } }) => {
      if (countAttributes(subject, EMAIL_ADDRESS) === 0) return undefined;
      const there = new Set(
        (known.subjectAltName?.names ?? []).flatMap((name) =>
          name.type === "rfc822Name" ? [mailboxKey(name.text)] : [],
        ),
      );
      let flaws: Flaw[] | undefined;
      for (const { oid, text } of subject.rdns.flat()) {
        if (oid !== EMAIL_ADDRESS || there.has(mailboxKey(text))) continue;
        flaws ??= [];
        flaws.push({
          message: "the subject's emailAddress does not stand in subjectAltName",
          expected: `subjectAltName with the rfc822Name ${quoted(text)}`,
          actual: there.size === 0 ? "no rfc822Name" : "other rfc822Names",
          hint: reissue(role, "without emailAddress in its subject"),
        });
      }
      return flaws;
    };
  },
};

/** A mailbox as it is compared: its domain without case (RFC 5280, 7.5). */
function mailboxKey(text: string): string {
  const at = text.lastIndexOf("@");
  return text.slice(0, at + 1) + text.slice(at + 1).toLowerCase();
}

/** The rules on subjectAltName and issuerAltName. */
export const ALTERNATIVE_NAME_RULES: readonly Rule[] = [
  ...HOLDERS.flatMap(([prefix, holder, section]) =>
    FORMS.map((form) => formRule(prefix, holder, section, form)),
  ),
  emailInSan,
];

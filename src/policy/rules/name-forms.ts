import { ipVersion } from "./ip-address.ts";

/** A label of a host's name: letters, digits and hyphens inside, 63 at most (RFC 1034, 3.5; RFC 1123, 2.1). */
const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
/** An atom of a mailbox's local part (RFC 2821, 4.1.2). */
const ATOM = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+$/;
/** What may stand in a quoted local part, quotes and backslashes behind a backslash. */
const QUOTED = /^"(?:[ !#-[\]-~]|\\[ -~])*"$/;
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;
/** The characters of a URI (RFC 3986, 2). */
const URI_CHARACTERS = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/;
const MOST_OCTETS = 253;

/** Says what keeps a text from being a host's name in the preferred syntax; a first label `*` is let through. */
export function dnsNameProblem(text: string): string | undefined {
  if (text.trim() === "") return "it is empty";
  if (text.length > MOST_OCTETS) return `it has ${text.length} characters, of ${MOST_OCTETS} at most`;
  const labels = (text.startsWith("*.") ? text.slice(2) : text).split(".");
  for (const label of labels) {
    if (label === "") return "it has an empty label";
    if (label.length > 63) return "it has a label of more than 63 characters";
    if (!LABEL.test(label)) return `its label ${JSON.stringify(label)} is not of letters, digits and hyphens`;
    // An A-label that stands for nothing (RFC 5891, 4.2.3).
    if (/^xn--/i.test(label) && process.getBuiltinModule("node:url").domainToUnicode(label) === "")
      return `its label ${JSON.stringify(label)} is no internationalized name`;
  }
  return undefined;
}

/** Says what keeps a text from being a Mailbox, `local@domain` (RFC 5280, 4.2.1.6; RFC 2821, 4.1.2). */
export function mailboxProblem(text: string): string | undefined {
  if (text.trim() === "") return "it is empty";
  const at = text.lastIndexOf("@");
  if (at < 0) return "it has no @";
  const local = text.slice(0, at);
  if (local.length > 64) return "what is before the @ has more than 64 characters";
  if (!QUOTED.test(local) && !local.split(".").every((atom) => ATOM.test(atom)))
    return "what is before the @ is not a mailbox's";
  const domain = text.slice(at + 1);
  const problem = /^\[.*\]$/.test(domain) ? addressProblem(domain.slice(1, -1)) : dnsNameProblem(domain);
  return problem === undefined ? undefined : `of its domain: ${problem}`;
}

function addressProblem(text: string): string | undefined {
  return ipVersion(text.replace(/^IPv6:/i, "")) === 0 ? "it is not an IP address" : undefined;
}

/** Says what keeps a text from being an absolute URI whose host, where it has one, is a name or an address. */
export function uriProblem(text: string): string | undefined {
  if (text.trim() === "") return "it is empty";
  const scheme = SCHEME.exec(text)?.[0];
  if (scheme === undefined) return "it has no scheme, such as https:";
  if (!URI_CHARACTERS.test(text)) return "it has characters that are not a URI's";
  const rest = text.slice(scheme.length);
  if (rest === "" || rest === "//") return "there is nothing after its scheme";
  return rest.startsWith("//") ? hostProblem(rest.slice(2)) : undefined;
}

/** Of a URI's authority; without one (`file:///`) there is nothing to check. */
function hostProblem(rest: string): string | undefined {
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? "";
  if (authority === "") return undefined;
  const host = authority.slice(authority.lastIndexOf("@") + 1).replace(/:\d*$/, "");
  if (host.startsWith("["))
    return ipVersion(host.slice(1, -1)) === 6 ? undefined : "its host is not an IPv6 address";
  if (ipVersion(host) === 4) return undefined;
  const problem = host.startsWith("*.") ? "it has a wildcard" : dnsNameProblem(host);
  return problem === undefined ? undefined : `of its host: ${problem}`;
}

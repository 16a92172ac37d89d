const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);
const GROUP = /^[0-9a-fA-F]{1,4}$/;

/**
 * Tells which version of the Internet Protocol's addresses a text is, 0 for neither: what `isIP` of node:net does,
 * without a zone, and without loading all of Node's networking at every start (RFC 4291, 2.2).
 */
export function ipVersion(text: string): 0 | 4 | 6 {
  if (text.length > 45) return 0;
  if (IPV4.test(text)) return 4;
  const halves = text.split("::");
  if (halves.length > 2) return 0;
  const counts = halves.map((half, index) => countGroups(half, index === halves.length - 1));
  if (counts.includes(-1)) return 0;
  const groups = counts.reduce((sum, count) => sum + count, 0);
  return (halves.length === 2 ? groups <= 7 : groups === 8) ? 6 : 0;
}

/** How many groups of 16 bits these are, -1 where they are none; the last two may be written as an IPv4 address. */
function countGroups(text: string, last: boolean): number {
  if (text === "") return 0;
  const parts = text.split(":");
  const tail = last && IPV4.test(parts.at(-1) ?? "") ? 1 : 0;
  if (!parts.slice(0, parts.length - tail).every((part) => GROUP.test(part))) return -1;
  return parts.length + tail;
}

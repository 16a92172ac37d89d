const COMMON_NAME = /(?:^|[,+])CN=((?:\\.|[^,+\\])*)/i;

/** The part of a DN (RFC 4514) that people call the thing by: its common name, else all of it. */
export function shortName(subject: string): string {
  const value = COMMON_NAME.exec(subject)?.[1];
  if (value === undefined || value === "" || value.startsWith("#"))
    return subject === "" ? "(empty name)" : subject;
  // Hexadecimal pairs stay as they are: they stand for what is not to be printed.
  return value.replace(/\\([^0-9A-Fa-f])/g, "$1");
}

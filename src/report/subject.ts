/** The part of a DN, in either syntax, that people call the thing by: its common name, else all of it. */
export function shortName(subject: string): string {
  if (subject === "") return "(empty name)";
  const attributes = nameParts(subject).flatMap((part) => {
    const bare = part.startsWith("/") ? part.slice(1) : part.replace(/((?:\\.|[^\\])*?),$/su, "$1");
    return bare.match(/(?:\\.|[^+\\])+/gsu) ?? [];
  });
  const value = attributes.find((attribute) => /^CN=./i.test(attribute))?.slice(3);
  if (value === undefined || value.startsWith("#")) return subject;
  // Hexadecimal pairs stay as they are: they stand for what is not to be printed.
  return value.replace(/\\([^0-9A-Fa-f])/g, "$1");
}

/** A DN, in either syntax, taken apart where its parts meet; joined again it is the same. */
export function nameParts(name: string): readonly string[] {
  const part = name.startsWith("/") ? /\/(?:\\.|[^/\\])*|\\$/gsu : /(?:\\.|[^,\\])+,?|,|\\$/gsu;
  return name.match(part) ?? [name];
}

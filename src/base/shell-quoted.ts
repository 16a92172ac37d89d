/** A word as every shell takes it in one piece. */
export function shellQuoted(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  return /["$`\\!]/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : `"${word}"`;
}

/** Words that a command takes as its operands, behind all of its flags, whatever they begin with. */
export function shellOperands(...words: readonly string[]): string {
  const quoted = words.map(shellQuoted).join(" ");
  return words.some((word) => word.startsWith("-")) ? `-- ${quoted}` : quoted;
}

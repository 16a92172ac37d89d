/** The name of a temporary file beside a file of the name `file`; `digits` are 16 hexadecimal ones, of its own. */
export function temporaryName(file: string, digits: string): string {
  return `.${file}.${digits}.tmp`;
}

/** The name of the file that a temporary one of this name is for; undefined where it is none. */
export function temporaryFor(name: string): string | undefined {
  return /^\.(.+)\.[0-9a-f]{16}\.tmp$/s.exec(name)?.[1];
}

/** Says of a secret's file that its mode lets others than its owner at it. */
export function looseMode(path: string, mode: number): string {
  const octal = (mode & 0o777).toString(8).padStart(4, "0");
  return `${path} can be read or changed by others than its owner (mode ${octal})`;
}

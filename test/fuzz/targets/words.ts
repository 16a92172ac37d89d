// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** Fails where words for a person have a character in them that a terminal would act on. */
export function checkWords(words: string): void {
  const control = CONTROL.exec(words);
  if (control !== null) throw new Error(`a control character in words: ${JSON.stringify(control[0])}`);
}

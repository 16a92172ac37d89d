import { mutateBytes } from "./mutate-bytes.ts";
import { mutateDer } from "./mutate-der.ts";
import { mutateText, type Words } from "./mutate-text.ts";
import type { Target } from "./target.ts";

/** Octets as text. */
export const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** Texts as octets. */
export const octets = (...texts: readonly string[]): Uint8Array[] => texts.map((one) => Buffer.from(one));

/** Changes by DER's grammar three times out of four, and of octets otherwise. */
export const withDer: Target["mutate"] = (input, other, random) =>
  random.below(4) === 0 ? mutateBytes(input, other, random) : mutateDer(input, other, random);

/** Changes by a text's words three times out of four, and of octets otherwise. */
export const withWords =
  (words: Words): Target["mutate"] =>
  (input, other, random) =>
    random.below(4) === 0 ? mutateBytes(input, other, random) : mutateText(input, words, other, random);

/** What PEM consists of. */
export const PEM_WORDS: Words = [
  "-----",
  "BEGIN ",
  "END ",
  "CERTIFICATE",
  "PRIVATE KEY",
  "-----\n",
  "\n",
  "\r\n",
  "=",
  "====",
  "A",
  "Proc-Type: 4,ENCRYPTED\n",
  "DEK-Info: x\n",
  " ",
  "\t",
  "\ufeff",
  "\u0000",
];

/** DER by its grammar, PEM by its words. */
export const withDerOrPem: Target["mutate"] = (input, other, random) =>
  (input[0] === 0x30 ? withDer : withWords(PEM_WORDS))(input, other, random);

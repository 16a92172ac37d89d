import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What a strict verifier without policy tree, name constraints, revocation and host names must do. */
export type JudgeClass = "must-accept" | "must-reject" | "lint" | "may-reject" | "not-judged";

/** A chain with its authors' verdict; files are relative to the suite's folder. */
export interface ChainCase {
  readonly id: string;
  readonly kind?: "chain";
  readonly expected: "valid" | "invalid";
  readonly time: string;
  readonly trusted: readonly string[];
  readonly untrusted: readonly string[];
  readonly leaf: string;
  readonly crls?: readonly string[];
  readonly purpose: string;
  readonly tags: readonly string[];
  readonly facts: readonly string[];
  readonly expected_errors?: string | null;
  readonly boringssl_errors?: string | null;
  readonly judge: {
    readonly class: JudgeClass;
    readonly why: readonly string[];
    readonly confounders: readonly string[];
  };
}

/** A certificate, or a part of one, that must or must not parse. */
export interface ParseCase {
  readonly id: string;
  readonly kind: "parse";
  readonly level: string;
  readonly cert: string;
  readonly expected: "accept" | "reject";
  readonly expected_strict: "accept" | "reject" | "lint" | "reject-at-verify" | null;
}

/** A certificate whose signature is checked under its own key or another. */
export interface SignatureCase {
  readonly id: string;
  readonly kind: "signature";
  readonly cert: string;
  readonly signer_key: string;
  readonly expected_strict: "valid" | "invalid";
}

/** A signature in its parts. */
export interface SignedDataCase {
  readonly id: string;
  readonly kind: "signed-data";
  readonly expected: "valid" | "invalid";
  readonly spki: string;
  readonly algorithm: string;
  readonly data: string;
  readonly signature: string;
}

/** One lint's result for one certificate. */
export interface LintCase {
  readonly id: string;
  readonly kind: "lint";
  readonly lint: string;
  readonly description: string;
  readonly der: string;
  readonly expected: "pass" | "error" | "warn" | "not-applicable";
}

/** A malformed input, and whether two other programs could parse it. */
export interface CorpusFile {
  readonly file: string;
  readonly form: "der" | "pem" | "name" | "name-pair" | "ext" | "spki";
  readonly size: number;
  readonly openssl?: string;
  readonly pyca?: string;
}

/** Reads the list under `key` of an index file; `undefined` where the suite is not there. */
export function readIndex<T>(root: string, index: string, key: "cases" | "files"): readonly T[] | undefined {
  let text: string;
  try {
    text = readFileSync(join(root, index), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return (JSON.parse(text) as Record<string, readonly T[]>)[key];
}

/** Tells the kinds of the BoringSSL index apart. */
export type AnyCase = ChainCase | ParseCase | SignatureCase | SignedDataCase;

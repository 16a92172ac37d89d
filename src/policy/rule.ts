import type { Certificate } from "../x509/certificate.ts";
import type { KnownKeyTest } from "./known-keys.ts";
import type { Role, RuleParameters } from "./policy.ts";

/** What the judge looks at: a certificate in its place. */
export interface Judged {
  readonly certificate: Certificate;
  readonly role: Role;
  /** Who issued it, where known; the certificate itself for a root. */
  readonly issuer?: Certificate;
  /** The path it stands in, target first and anchor last, where one was built. */
  readonly path?: readonly Certificate[];
  /** The moment of judgement, in milliseconds since 1970. */
  readonly atMs: number;
}

/** What a rule found wrong; the judge adds rule, severity, subject and citation. */
export interface Flaw {
  readonly message: string;
  readonly expected: string;
  readonly actual: string;
  readonly hint: string;
}

/** A check bound to its parameters: gives what is wrong, or undefined where nothing is. */
export type Check = (judged: Judged) => Flaw | readonly Flaw[] | undefined;

/** One rule: one demand, one citation. */
export interface Rule {
  /** Kebab-case, stable: scripts and policies name it. */
  readonly id: string;
  /** One sentence, for `policy show` and the docs. */
  readonly title: string;
  /** Document and section. */
  readonly citation: string;
  /** The roles it can concern. */
  readonly roles: readonly Role[];
  /** JSON Schema of its parameters; absent where it takes none. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Binds the rule to a policy's parameters for one role, once, so that judging a certificate does no set-up. */
  readonly bind: (parameters: RuleParameters, role: Role, isKnownKey: KnownKeyTest) => Check;
}

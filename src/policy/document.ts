import type { IssueDefaults, Role, RuleUse } from "./policy.ts";

/**
 * One policy as it is written: what it says itself, on top of the policies it extends.
 * Its shape is `policySchema`; `resolvePolicy` makes a `Policy` of it and its parents.
 */
export interface PolicyDocument {
  readonly $schema?: string;
  readonly name: string;
  readonly title: string;
  readonly extends?: readonly string[];
  readonly sources?: Readonly<Record<string, string>>;
  readonly issue?: Readonly<Partial<Record<Role, Partial<IssueDefaults>>>>;
  readonly rules?: Readonly<Record<string, Partial<RuleUse>>>;
}

/** A document with its place: one layer of a policy. */
export interface PolicyLayer {
  /** A built-in policy's name, or the path of a file. */
  readonly origin: string;
  readonly document: PolicyDocument;
  /** Where a key stands, for errors: `sami.json:12:5: rules.version`. */
  readonly where: (path: readonly string[]) => string;
}

/** Colours a piece of text, or leaves it as it is: the reports say what a piece means, the caller how that looks. */
export interface Paint {
  /** What is right. */
  readonly good: (text: string) => string;
  /** What is wrong. */
  readonly bad: (text: string) => string;
  /** What deserves a look. */
  readonly warn: (text: string) => string;
  /** What the eye should find first. */
  readonly strong: (text: string) => string;
  /** What is there for reference. */
  readonly faint: (text: string) => string;
}

const same = (text: string): string => text;

/** No colour: for files, pipes and tests. */
export const PLAIN: Paint = { good: same, bad: same, warn: same, strong: same, faint: same };

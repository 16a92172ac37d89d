import type { Policy } from "./policy.ts";

/** Where a device's name goes unless its policy says otherwise. */
const NAMED: Readonly<Record<string, string>> = { CN: "{name}" };

/** Tells whether a policy puts the names of devices into their subjects. */
export function namesDevices(policy?: Pick<Policy, "issue">): boolean {
  const { subject = NAMED } = policy?.issue.device ?? {};
  return Object.values(subject).some((template) => template.includes("{name}"));
}

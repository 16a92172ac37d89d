import type { Check, Rule } from "../../../src/policy/rule.ts";

const quiet: Check = () => undefined;

/** Three small rules, so that a test of the policy language does not depend on the real ones. */
export const SAMPLE_RULES: readonly Rule[] = [
  {
    id: "length",
    title: "The length is bounded",
    citation: "RFC 1, 2.3",
    roles: ["root", "intermediate", "device"],
    parameters: {
      type: "object",
      additionalProperties: false,
      required: ["maximum"],
      properties: { maximum: { type: "integer", minimum: 1 }, note: { type: "string" } },
    },
    bind: (parameters, role) => () => {
      const text = `${role} ${JSON.stringify(parameters)}`;
      return { message: text, expected: "e", actual: "a", hint: "h" };
    },
  },
  {
    id: "present",
    title: "It is present",
    citation: "RFC 1, 4",
    roles: ["root", "intermediate", "device"],
    bind: () => quiet,
  },
  {
    id: "device-only",
    title: "A device has it twice wrong",
    citation: "RFC 2, 1",
    roles: ["device"],
    bind: () => () => [
      { message: "first", expected: "e", actual: "a", hint: "h" },
      { message: "second", expected: "e", actual: "a", hint: "h" },
    ],
  },
];

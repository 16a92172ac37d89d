import { BUILTIN_POLICIES } from "../../../src/policy/builtin.ts";
import { loadPolicy } from "../../../src/policy/load-policy.ts";
import { octets, text, withWords } from "../grammar.ts";
import { type CreateTarget, repeated } from "../target.ts";

const WORDS = [
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  '"rules":',
  '"extends":["sami"]',
  '"extends":["./other.json"]',
  '"__proto__":{}',
  "null",
  "true",
  "1e999",
  "-0",
  "0.5",
  '"\\ud800"',
  '"error"',
  '"severity":"off"',
  '"parameters":{}',
  '"pattern":"(a+)+$"',
  '"\\u0000"',
  '"name":"x"',
];

/** Policy files, each of which may extend itself. */
export const createPolicy: CreateTarget = () => ({
  name: "policy",
  seeds: octets(
    ...[...BUILTIN_POLICIES.values()].map((document) =>
      JSON.stringify({ ...document, name: "mine" }, null, 1),
    ),
  ),
  mutate: withWords(WORDS),
  dear: 2,
  read: (input) => {
    loadPolicy("./some.json", () => text(input));
    return undefined;
  },
  large: (size) => [
    repeated("[", size),
    repeated('{"a":', size),
    Buffer.concat([Buffer.from('{"name":"'), repeated("a", size), Buffer.from('"}')]),
    Buffer.concat([Buffer.from('{"rules":{'), repeated('"a":1,', size), Buffer.from('"b":1}}')]),
    Buffer.from(
      JSON.stringify(Object.fromEntries(Array.from({ length: size / 12 }, (_, n) => [`k${n}`, n]))),
    ),
    Buffer.from(JSON.stringify({ name: "x", title: "y", extends: Array(Math.floor(size / 7)).fill("sami") })),
  ],
});

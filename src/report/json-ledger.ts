import type { CheckTally, Discrepancy } from "../actions/discrepancy.ts";
import type { Repair } from "../actions/ledger-repair.ts";

/** The `samicerts/ledger-check/v1` document, in pieces; docs/json.md describes it. */
export function* checkJson(found: Generator<Discrepancy, CheckTally>): Generator<string> {
  yield* listed("samicerts/ledger-check/v1", found, (discrepancy) => ({
    document: document(discrepancy),
    isLeft: true,
  }));
}

/** The `samicerts/ledger-repair/v1` document, in pieces. */
export function* repairJson(repairs: Generator<Repair, CheckTally>): Generator<string> {
  yield* listed("samicerts/ledger-repair/v1", repairs, ({ discrepancy, done, error }) => ({
    document: {
      ...document(discrepancy),
      mended: done !== undefined,
      ...(done === undefined ? {} : { done }),
      ...(error === undefined
        ? {}
        : { error: { code: error.code, kind: error.kind, message: error.message, hint: error.hint } }),
    },
    isLeft: done === undefined,
  }));
}

/** The summary comes last: how much there is is known only then. */
function* listed<T>(
  schema: string,
  found: Generator<T, CheckTally>,
  describe: (one: T) => { readonly document: object; readonly isLeft: boolean },
): Generator<string> {
  yield `{\n  "schema": ${JSON.stringify(schema)},\n  "discrepancies": [`;
  let separator = "\n";
  let left = 0;
  for (let step = found.next(); ; step = found.next()) {
    if (step.done === true) {
      const { certificates, elsewhere, responders } = step.value;
      yield `${separator === "\n" ? "]" : "\n  ]"},\n  "agrees": ${left === 0},\n`;
      yield `  "certificates": ${certificates},\n  "elsewhere": ${elsewhere},\n  "responders": ${responders}\n}\n`;
      return;
    }
    const { document: one, isLeft } = describe(step.value);
    if (isLeft) left++;
    yield `${separator}    ${JSON.stringify(one)}`;
    separator = ",\n";
  }
}

function document({ rule, serial, path, message, hint, mend }: Discrepancy): object {
  return {
    rule,
    ...(serial === undefined ? {} : { serial }),
    ...(path === undefined ? {} : { path }),
    message,
    hint,
    mendable: mend !== undefined,
  };
}

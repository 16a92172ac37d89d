// A thread that signs in a session of its own with a token, and does nothing else: the token need not wait for what is
// made of its signatures.
import { answerTasks } from "./answer-tasks.ts";
import { joinRows, type OctetRows, splitRows } from "./octet-rows.ts";
import type { SignerPlan } from "./plan.ts";
import { openSharedKey } from "./shared-key.ts";

answerTasks(({ shared, gate, algorithm }: SignerPlan) => {
  const signer = openSharedKey(shared, gate);
  return {
    run: (toSign: OctetRows) => joinRows(splitRows(toSign).map((tbs) => signer.sign(tbs, algorithm))),
    give: ({ bytes }) => [bytes.buffer],
  };
});

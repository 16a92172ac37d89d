import { expect, it } from "vitest";
import { logInAtGate, loginGate } from "../../../src/cli/batch/login-gate.ts";

it("a login that succeeded is followed by others, one that was refused by none", () => {
  const gate = loginGate();
  const tried: string[] = [];
  for (const who of ["a", "b"]) logInAtGate(gate, () => void tried.push(who));
  const refuse = () =>
    logInAtGate(gate, () => {
      tried.push("c");
      throw new Error("CKR_PIN_INCORRECT");
    });
  expect(refuse).toThrow("CKR_PIN_INCORRECT");
  expect(() => logInAtGate(gate, () => void tried.push("d"))).toThrow(
    expect.objectContaining({ kind: "key", code: "token.pin-wrong" }),
  );
  expect(tried).toEqual(["a", "b", "c"]);
});

import { describe, expect, it } from "vitest";
import {
  describeFailure,
  failureName,
  wasReset,
  withToken,
} from "../../../../src/keys/pkcs11/token-error.ts";
import { caught } from "../../ledger/contract.ts";

/** A failure as graphene gives it on. */
const failure = (name: string): Error => new Error(name);

describe("a module's failure in words", () => {
  it.each([
    ["CKR_PIN_INCORRECT", "token.pin-wrong"],
    ["CKR_PIN_LEN_RANGE", "token.pin-wrong"],
    ["CKR_PIN_LOCKED", "token.pin-locked"],
    ["CKR_PIN_EXPIRED", "token.pin-expired"],
    ["CKR_USER_PIN_NOT_INITIALIZED", "token.pin-unset"],
    ["CKR_TOKEN_NOT_PRESENT", "token.removed"],
    ["CKR_DEVICE_REMOVED", "token.removed"],
    ["CKR_SESSION_COUNT", "token.busy"],
    ["CKR_TOKEN_WRITE_PROTECTED", "token.write-protected"],
    ["CKR_DEVICE_MEMORY", "token.full"],
    ["CKR_GENERAL_ERROR", "token.failed"],
  ])("%s is %s", (name, code) => {
    const error = describeFailure(failure(name), 'the token "$&"', "signing");
    expect(error).toMatchObject({ kind: "key", code });
    expect(error.message).toContain('the token "$&"');
    expect(error.hint).not.toBe("");
  });

  it("names what it does not know", () => {
    const unknown = describeFailure(failure("CKR_FUNCTION_FAILED"), "the token", "signing");
    expect(unknown.message).toBe("the token failed while signing: CKR_FUNCTION_FAILED");
    expect(describeFailure(new TypeError("no buffer"), "the token", "signing").message).toBe(
      "the token failed while signing: no buffer",
    );
    expect(failureName(failure("x CKR_PIN_LOCKED"))).toBeUndefined();
    expect(failureName("CKR_PIN_LOCKED")).toBeUndefined();
  });

  it("lets an error of ours through as it is", () => {
    const ours = caught(() =>
      withToken("the token", "x", () => withToken("t", "y", () => fail("CKR_PIN_LOCKED"))),
    );
    expect(ours).toMatchObject({
      code: "token.pin-locked",
      message: expect.stringContaining("the PIN of t "),
    });
  });

  it("knows after which a new session may do", () => {
    expect(
      ["CKR_SESSION_HANDLE_INVALID", "CKR_USER_NOT_LOGGED_IN", "CKR_DEVICE_REMOVED"].map((name) =>
        wasReset(failure(name)),
      ),
    ).toEqual([true, true, true]);
    // A PIN is tried once, whatever happens.
    for (const name of ["CKR_PIN_INCORRECT", "CKR_PIN_LOCKED", "CKR_KEY_FUNCTION_NOT_PERMITTED"])
      expect(wasReset(failure(name))).toBe(false);
  });
});

function fail(name: string): never {
  throw failure(name);
}

import { rmSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type Ended, ROOT_NAME } from "../../stories/command.ts";
import {
  buildFaultyModule,
  type FaultyModule,
  MODULE,
  makeTokenPlace,
  needsToken,
  type TokenPlace,
} from "./soft-hsm.ts";

let faulty: FaultyModule;
let place: TokenPlace;
beforeEach(() => {
  place = makeTokenPlace();
});
afterEach(() => place.remove());

const uri = (): string => place.uri("root").replace(MODULE, faulty.path);
const makeRoot = (call?: string): Ended =>
  place.samicerts(["root", ROOT_NAME, "--root-key", uri(), "--json"], { env: faulty.env(call) });
const files = (): string[] => place.listing().map((line) => line.split(" ")[0] ?? "");

/** How many private and public keys are in the token. */
function keys(): [number, number] {
  const hand = place.session();
  const counts: [number, number] = [hand.count("private"), hand.count("public")];
  hand.close();
  return counts;
}

needsToken("cc")("a root whose key is in a token, and what goes wrong", () => {
  beforeAll(() => {
    faulty = buildFaultyModule();
  });
  afterAll(() => faulty.remove());

  it.each([
    ["before the key is made", "C_GenerateKeyPair:1:before:kill", true, [0, 0]],
    ["when the key was just made", "C_GenerateKeyPair:1:after:kill", false, [1, 1]],
    ["when it was just signed", "C_Sign:1:after:kill", false, [1, 1]],
  ] as const)(
    "is taken up where the process was killed %s, with the one key",
    (_, call, keyCreated, left) => {
      expect(makeRoot(call)).toMatchObject({ signal: "SIGKILL", stdout: "" });
      expect(keys()).toEqual(left);
      expect(files()).toContain("root.key.uri");
      expect(files()).not.toContain("root.crt");
      // Somebody who forgets where the key was to be is not given another one.
      const again = place.samicerts(["root", ROOT_NAME, "--json"], { env: faulty.env() });
      expect(again).toMatchObject({ status: 0, stderr: "" });
      expect(JSON.parse(again.stdout)).toMatchObject({ resumed: true, keyCreated });
      expect(keys()).toEqual([1, 1]);
      place.succeed(["client", "1001", "x"], { env: faulty.env() });
      place.succeed(["verify"], { env: faulty.env() });
    },
  );

  it("says so where the key that was just being made is not whole", () => {
    makeRoot("C_GenerateKeyPair:1:after:kill");
    const ended = makeRoot("C_Sign:0:instead:0x5");
    expect([ended.status, JSON.parse(ended.stdout).error.code]).toEqual([5, "token.key-torn"]);
    expect(files()).toContain("root.key.uri");
    expect(keys()).toEqual([1, 1]);
  });

  it("is not taken up as something else", () => {
    makeRoot("C_GenerateKeyPair:1:after:kill");
    const other = ["root", ROOT_NAME, "--root-key", place.uri("other")];
    expect(place.samicerts(other)).toMatchObject({
      status: 4,
      stderr: expect.stringContaining("root.key.uri"),
    });
    const kind = ["root", ROOT_NAME, "--key", "ec:P-384"];
    expect(place.samicerts(kind, { env: faulty.env() })).toMatchObject({
      status: 5,
      stderr: expect.stringContaining("is of kind ec:P-256, not ec:P-384"),
    });
    expect(keys()).toEqual([1, 1]);
  });

  it.each([
    ["the token is full", "C_GenerateKeyPair:1:instead:0x31", "token.full"],
    ["it is write-protected", "C_GenerateKeyPair:1:instead:0xe2", "token.write-protected"],
    ["it makes no such keys", "C_GenerateKeyPair:1:instead:0x140", "token.key-unsupported"],
    ["it fails at signing", "C_Sign:0:instead:0x6", "token.failed"],
    ["it is taken out before it has signed", "C_Sign:0:instead:0x32", "token.removed"],
    ["it gives no further session", "C_OpenSession:0:instead:0xb1", "token.busy"],
  ])("leaves neither key nor file where %s", (_, call, code) => {
    const ended = makeRoot(call);
    expect([ended.status, JSON.parse(ended.stdout).error.code]).toEqual([5, code]);
    expect(files().filter((name) => name !== "samicerts.db")).toEqual(["pin"]);
    expect(keys()).toEqual([0, 0]);
  });

  it.each([
    ["forgot the session", "C_Sign:1:instead:0xb3"],
    ["logged the process out", "C_Sign:1:instead:0x101"],
    ["was taken out and put back", "C_Sign:1:instead:0x32"],
  ])("is made all the same where the token %s once", (_, call) => {
    expect(makeRoot(call)).toMatchObject({ status: 0 });
    expect(keys()).toEqual([1, 1]);
  });

  it("tries a wrong PIN once a run, not at all where the next one would lock it, and says when it is locked", () => {
    faulty.countPins();
    place.succeed(["root", ROOT_NAME, "--root-key", uri()], { env: faulty.env() });
    writeFileSync(place.at("pin"), "00000000\n");
    const code = (): string => {
      const { stdout } = place.samicerts(["client", "1001", "x", "--json"], { env: faulty.env() });
      return JSON.parse(stdout).error.code;
    };
    expect([code(), code(), code(), code()]).toEqual([
      "token.pin-wrong",
      "token.pin-wrong",
      "token.pin-final-try",
      "token.pin-final-try",
    ]);
    const hand = place.samicerts(["client", "1001", "x", "--json"], {
      env: { ...faulty.env(), FAULTY_PINS: place.at("three") },
    });
    expect(JSON.parse(hand.stdout).error.code).toBe("token.pin-wrong");
    writeFileSync(place.at("three"), "xxx");
    const locked = place.samicerts(["client", "1001", "x"], {
      env: { ...faulty.env(), FAULTY_PINS: place.at("three") },
    });
    expect(locked.stderr).toBe(
      'error: the PIN of the token "vendor" is locked, after too many wrong ones\n' +
        "hint: unlock it with the token's own tool and its SO PIN (PUK)\n",
    );
    expect(locked.status).toBe(5);
  });

  it("issues nothing where the token was taken away", () => {
    place.succeed(["root", ROOT_NAME, "--root-key", place.uri("root")]);
    for (const name of [...place.listing()]) expect(name).not.toContain("devices");
    rmSync(place.tokens, { recursive: true });
    const ended = place.samicerts(["client", "1001", "x"]);
    expect(ended.status).toBe(5);
    expect(files()).not.toContain("devices");
  });
});

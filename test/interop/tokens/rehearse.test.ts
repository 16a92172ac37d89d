import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ROOT_NAME, told } from "../../stories/command.ts";
import { makeTokenPlace, needsToken, type TokenPlace } from "./soft-hsm.ts";

needsToken("pkcs11.so")("rehearse as a device whose key is in a token", () => {
  let place: TokenPlace;
  beforeAll(() => {
    place = makeTokenPlace();
    place.succeed(["root", ROOT_NAME]);
    for (const serial of ["100000001", "100000002"])
      place.succeed(["client", serial, `Lamp ${serial}`, "--device-key", place.uri(serial)]);
    place.succeed([
      "client",
      "100000003",
      "RSA",
      "--key",
      "rsa:2048",
      "--device-key",
      place.uri("100000003"),
    ]);
  });
  afterAll(() => place.remove());
  const rehearse = (serial: string, key: string, ...words: readonly string[]) =>
    place.samicerts(["rehearse", serial, "--auto-confirm", "--key", key, ...words]);

  it("has the token sign each handshake, of REST and of the WebSocket, EC and RSA", () => {
    for (const serial of ["100000001", "100000003"]) {
      const { status, stdout, stderr } = rehearse(serial, place.uri(serial));
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(
        / stream +mid [0-9a-f]{32} [\s\S]*passed: 2 messages arrived and were read back\n$/,
      );
    }
  });

  it("finds the key by the serial where the address names none", () => {
    const { status, stdout } = rehearse("100000002", place.uri("x").replace(";object=x", ""), "--quiet");
    expect([status, stdout]).toEqual([0, ""]);
  });

  it("is told in two lines what is wrong with address, PIN or key, and tries no PIN twice", () => {
    writeFileSync(place.at("wrong"), "1234567\n", { mode: 0o600 });
    const cases: [string, string, string | RegExp][] = [
      [
        "100000001",
        place.uri("100000002"),
        told(
          'the key "100000002" in the token "vendor" is not the certificate\'s',
          "name the key that the certificate was made for, with object= or id=",
        ),
      ],
      [
        "100000001",
        place.uri("100000001").replace("file:pin", "file:wrong"),
        /^error: the token "vendor" does not accept this PIN\nhint: /,
      ],
      [
        "100000001",
        place.uri("100000001", "vendro"),
        /^error: the token "vendro" is not there; there is "vendor"\n/,
      ],
      [
        "100000001",
        place.uri("100000001").replace("token=vendor", "slot-id=0"),
        told(
          "a token that is named by its slot can't be used in TLS",
          "name it by its label, as in pkcs11:token=element",
        ),
      ],
    ];
    for (const [serial, key, message] of cases) {
      const { status, stdout, stderr } = rehearse(serial, key);
      expect([key, status, stdout]).toEqual([key, 5, ""]);
      if (typeof message === "string") expect(stderr).toBe(message);
      else expect(stderr).toMatch(message);
    }
    expect(rehearse("100000001", place.uri("100000001")).status).toBe(0);
  });

  it("is one device's: a directory of them can't have it", () => {
    const { status, stderr } = rehearse("devices", place.uri("x"));
    expect([status, stderr]).toEqual([
      2,
      told("--key is one device's, and there is a directory of them", "leave --key out"),
    ]);
  });
});

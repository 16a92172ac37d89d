import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME } from "./command.ts";
import { LINE, lineFiles, SERIALS } from "./factory-line.ts";

let place: Place;
beforeEach(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
});
afterEach(() => place.remove());

const names = (): string[] => lineFiles(place);

describe("a line's certificate", () => {
  it("issues nothing, and gets no new certificate, once it is revoked or on hold", () => {
    place.succeed(LINE);
    place.succeed(["client", "200000000", "Lamp", "--line", "line2"]);
    const all = [
      ["client", "200000001", "Lamp", "--line", "line2"],
      ["batch", "--count", "2", "--serial-from", "200000010", "--name", "L-{n}", "--line", "line2"],
      ["renew", "200000000"],
      [...LINE, "--force"],
    ];
    place.succeed(["revoke", "lines/line2/line.crt", "--reason", "certificateHold"]);
    const before = names();
    for (const words of all) {
      const { status, stderr } = place.samicerts(words);
      expect([status, stderr]).toEqual([
        1,
        expect.stringMatching(
          /^error: the certificate of the line line2 is on hold since \S+ \(certificateHold\): .*\nhint: take it off hold first: samicerts revoke lines\/line2\/line\.crt --release\n$/,
        ),
      ]);
    }
    place.succeed(["revoke", "lines/line2/line.crt", "--release"]);
    place.succeed(["client", "200000002", "Lamp", "--line", "line2"]);
    place.succeed(["revoke", "lines/line2/line.crt", "--reason", "cACompromise"]);
    for (const words of all) {
      const { status, stderr } = place.samicerts(words);
      expect([status, stderr.split(" since ")[0]]).toEqual([
        1,
        "error: the certificate of the line line2 was revoked",
      ]);
    }
    expect(names().filter((name) => !name.includes("200000002"))).toEqual(before);
    place.succeed(["crl", "--line", "line2"]);
  });

  it("names no command that its used serials would refuse", () => {
    place.succeed([...LINE, ...SERIALS]);
    place.succeed(["client", "200000000", "Lamp", "--line", "line2"]);
    expect(place.succeed([...LINE, "--force"])).not.toContain("next");
  });

  it("is signed anew where its certificate was only superseded", () => {
    place.succeed(LINE);
    place.succeed(["revoke", "lines/line2/line.crt", "--reason", "superseded"]);
    const client = ["client", "200000001", "Lamp", "--line", "line2"];
    const { status, stderr } = place.samicerts(client);
    const hint = /\nhint: have it signed anew: samicerts (.*)\n$/.exec(stderr)?.[1] ?? "";
    expect([status, hint]).toEqual([1, "intermediate line2 /C=US/O=MyOrg/OU=MyDep/CN=Line2 --force"]);
    place.succeed(hint.split(" "));
    place.succeed(client);
  });
});

it("a root's new certificate is told of without a command that its used serials would refuse", () => {
  place.succeed(["client", "100000001", "Lamp"]);
  expect(place.succeed(["root", ROOT_NAME, "--force"])).not.toContain("next");
});

import { afterAll, beforeAll, describe, it } from "vitest";
import type { Place } from "./command.ts";
import { refuse } from "./refuse.ts";
import { makeVendorToRehearse } from "./vendor-to-rehearse.ts";

let place: Place;
beforeAll(() => {
  place = makeVendorToRehearse();
});
afterAll(() => place.remove());

describe("what can't be rehearsed", () => {
  it.each<[string[], number, string | RegExp, string | RegExp]>([
    [
      ["100000001"],
      3,
      /^error: there is no sandbox at https:\/\/localhost:1: /,
      "start one beside this: samicerts sandbox; or rehearse against one of its own: --auto-confirm",
    ],
    [
      ["100000009", "--auto-confirm"],
      2,
      "there is no devices/100000009.crt",
      "make the device first: samicerts client 100000009 <name>; or name its certificate's file",
    ],
    [["5f5e101", "--auto-confirm"], 2, /^error: .*5f5e101/, /^hint: .*0x5f5e101/],
    [
      ["devices"],
      2,
      "27 devices are more than one person confirms",
      "give --auto-confirm, which plays the owner of them all",
    ],
    [
      ["100000001", "--auto-confirm", "--nodes", "3"],
      2,
      "--nodes are a hub's, and there is none",
      "give --hub as well",
    ],
    [
      ["100000001", "--auto-confirm", "--sample", "3"],
      2,
      "--sample is for a directory of devices, and there is one device",
      "name the directory, as in samicerts rehearse devices/ --auto-confirm --sample 8",
    ],
    [
      ["devices", "--auto-confirm", "--name", "x"],
      2,
      "--name is one device's, and there is a directory of them",
      "leave --name out",
    ],
    [
      ["devices", "--auto-confirm", "--jobs", "many"],
      2,
      '--jobs can\'t be "many"',
      "give a whole number, as in --jobs 8",
    ],
    [
      ["100000001", "--auto-confirm", "--cacert", "root.crt"],
      2,
      /^error: --cacert is of a sandbox that runs/,
      /^hint: name the one that runs with --api/,
    ],
    [
      ["100000001", "--api", "http://localhost:8443"],
      2,
      /^error: --api can't be "http:/,
      "give the API's address, as in --api https://localhost:8443",
    ],
    [
      ["100000001", "--api", "https://example.com"],
      2,
      "example.com is another machine, and it is not said what its certificate is checked by",
      "fetch the sandbox's CA from /ca.crt at its portal, and name it with --cacert",
    ],
    [["devices/100000001.crt", "--key", "devices/100000002.key", "--auto-confirm"], 5, /^error: /, /^hint: /],
    [
      ["100000001", "--auto-cofirm"],
      2,
      "samicerts rehearse has no flag --auto-cofirm",
      "did you mean --auto-confirm?",
    ],
    [[], 2, "samicerts rehearse needs <device>", "for example: samicerts rehearse 100000001 --auto-confirm"],
  ])("is told in two lines: %j", (words, status, message, hint) => {
    const here =
      status === 3 && words.length === 1 && words[0] === "100000001" ? ["--api", "https://localhost:1"] : [];
    refuse(
      place,
      ["rehearse", ...words, ...here],
      status,
      message,
      typeof message === "string" || typeof hint !== "string" ? hint : new RegExp(`^hint: ${hint}$`),
    );
  });
});

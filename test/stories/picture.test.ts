import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { makePlace } from "./command.ts";
import { PROJECT } from "./readme.ts";

/** What differs from run to run: digits, digests, and how many columns they take. */
const shape = (text: string): string => text.replace(/[0-9a-f]{20,}/g, "#").replace(/[0-9,]+/g, "0");

describe("the README's picture", () => {
  const place = makePlace();
  afterAll(() => place.remove());

  it("shows what the commands print today", () => {
    const picture = shape(readFileSync(join(PROJECT, "docs/main-job.svg"), "utf8"));
    const printed = [
      ["root", "/C=US/ST=California/O=MyOrg/OU=MyDep/CN=MyDevAuthority"],
      ["client", "100000001", "MyAwesomeDevice"],
      ["verify", "devices/"],
    ].flatMap((words) => place.succeed(words).split("\n"));
    const labels = printed.flatMap((line) => /^ {2}(\S+(?: \S+)*) {2,}/.exec(line)?.[1] ?? []);
    expect(labels.length).toBeGreaterThan(8);
    for (const label of labels) expect(picture).toContain(shape(`  ${label} `));
    for (const line of ["1 compliant", "not encrypted", "the digits that the device's owner is asked for"])
      expect(printed.some((one) => one.includes(line)) && picture.includes(shape(line))).toBe(true);
  });
});

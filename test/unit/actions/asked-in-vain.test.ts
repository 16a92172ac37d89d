import { expect, it } from "vitest";
import { AskedInVain } from "../../../src/actions/asked-in-vain.ts";

it("counts requests, most often first, and holds no more kinds than a few whatever is asked for", () => {
  const counted = new AskedInVain();
  expect(counted.list).toBeUndefined();
  counted.add([{ item: "keyUsage" }]);
  for (let n = 0; n < 3; n++) counted.add([{ item: "subject" }, { item: "subject" }]);
  expect(counted.list).toEqual([
    { item: "subject", requests: 3 },
    { item: "keyUsage", requests: 1 },
  ]);
  for (let n = 0; n < 500; n++) counted.add([{ item: `1.3.${n}` }, { item: `1.4.${n}` }]);
  expect(counted.list).toHaveLength(21);
  expect(counted.list?.[0]).toEqual({ item: "others", requests: 491 });
});

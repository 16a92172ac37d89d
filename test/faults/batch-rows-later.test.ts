import { X509Certificate } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BatchOrder, BatchResult } from "../../src/actions/batch-order.ts";
import type { Files } from "../../src/base/effects.ts";
import { openRejectsFile } from "../../src/batch-output/rejects-file.ts";
import { openDeps } from "../../src/open-deps.ts";
import { nodeFiles } from "../../src/workspace/node-files.ts";
import { makePlace, type Place, ROOT_NAME } from "../stories/command.ts";
import { runInProcess } from "./batch-in-process.ts";
import { failingFiles } from "./failing-files.ts";

// What a list's rows bring may be gone, or have changed, when it goes on.

let place: Place;
beforeEach(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
});
afterEach(() => place.remove());

const DAY_MS = 86_400_000;
const FLUSHES = 5;

const rejects: NonNullable<BatchOrder["openRejects"]> = (input, again) =>
  openRejectsFile(nodeFiles, place.at("r.csv"), input, again);

function goOn(files: Files, more: Partial<Parameters<typeof runInProcess>[0]> = {}): Promise<BatchResult> {
  return runInProcess({
    ...{ directory: place.directory, out: "a.ndjson", input: place.at("list.csv"), files, chunkRows: 3 },
    order: { openRejects: rejects },
    ...more,
  });
}

/** Runs a list of six rows, the third of them a bad one, until the first three are committed and the others reserved. */
async function cutOffInProcess(list: string): Promise<void> {
  writeFileSync(place.at("list.csv"), list);
  let flushes = 0;
  // Of the names of both files, the manifest's header, and both files behind each chunk; at the second chunk's it ends.
  const fail = failingFiles(nodeFiles, ({ method }) => {
    if (method === "fsync") flushes++;
    return flushes > FLUSHES ? "EIO" : undefined;
  });
  await expect(goOn(fail.files)).rejects.toThrow("EIO");
  const deps = openDeps({ dir: place.directory });
  expect(deps.ledger().batches()).toMatchObject([{ progress: { issued: 2, refused: 1, lastLine: 4 } }]);
  deps.close();
}

describe("a list with requests", () => {
  const ROWS = [
    "100000,a,a.csr",
    "100001,b,b.csr",
    "1x,bad,",
    "100003,d,d.csr",
    "100004,e,e.csr",
    "100005,f,",
  ];
  const REQUESTS = ["a", "b", "d", "e"];
  const cut = async (): Promise<void> => {
    for (const name of REQUESTS) place.succeed(["csr", name]);
    await cutOffInProcess(`serial,name,csr\n${ROWS.join("\n")}\n`);
  };

  it("needs no request any more of what it has issued before it was cut off", async () => {
    await cut();
    rmSync(place.at("a.csr"));
    renameSync(place.at("b.csr"), place.at("old.csr"));
    renameSync(place.at("b.key"), place.at("old.key"));
    place.succeed(["csr", "b"]);
    const { state, issued, refused } = await goOn(nodeFiles);
    expect({ state, issued, refused }).toEqual({ state: "finished", issued: 5, refused: 1 });
    expect(readFileSync(place.at("r.csv"), "utf8")).toBe("serial,name,csr\n1x,bad,\n");
    expect(place.succeed(["ledger", "check"])).toContain("agree");
  });

  it("is finished without the rows whose requests have changed, and these can be issued one by one", async () => {
    await cut();
    rmSync(place.at("d.csr"));
    rmSync(place.at("e.csr"));
    rmSync(place.at("e.key"));
    place.succeed(["csr", "e"]);
    const { state, issued, refused } = await goOn(nodeFiles);
    expect({ state, issued, refused }).toEqual({ state: "finished", issued: 3, refused: 3 });
    expect(readFileSync(place.at("r.csv"), "utf8")).toBe(
      `serial,name,csr\n${[ROWS[2], ROWS[3], ROWS[4]].join("\n")}\n`,
    );
    writeFileSync(place.at("again.csv"), "serial,name,csr\n100004,e,e.csr\n");
    const again = place.samicerts(["batch", "again.csv", "--out", "b.ndjson"]);
    expect(again.stderr).toMatch(
      /by batch 1, which is finished without it\nhint: .*client.*name "e" and the device's --csr/,
    );
    place.succeed(["client", "100004", "e", "--csr", "e.csr"]);
  });
});

it("a list takes back nothing that it has issued, where its issuer's end has come too near since", async () => {
  const { validTo } = new X509Certificate(readFileSync(place.at("root.crt")));
  const days = Math.floor((Date.parse(validTo) - Date.now()) / DAY_MS) - 1;
  const rows = [`100000,a,${days}`, "100001,b,10", "1x,bad,", "100003,d,10", "100004,e,10", "100005,f,10"];
  await cutOffInProcess(`serial,name,days\n${rows.join("\n")}\n`);
  const late = { now: () => Date.now() + 5 * DAY_MS };
  const { state, issued, refused } = await goOn(nodeFiles, { clock: late });
  expect({ state, issued, refused }).toEqual({ state: "finished", issued: 5, refused: 1 });
  expect(readFileSync(place.at("r.csv"), "utf8")).toBe("serial,name,days\n1x,bad,\n");
});

it("a list that ends at too many refused rows has them in --rejects, and goes on where more are allowed", async () => {
  writeFileSync(place.at("list.csv"), "serial,name\nx,a\n100001,b\ny,c\n100003,d\nz,e\n100005,f\n");
  const most = (maxErrors: number): Promise<BatchResult> =>
    goOn(nodeFiles, { chunkRows: 2, order: { openRejects: rejects, precheck: false, maxErrors } });
  const stopped = {
    code: "batch.too-many-errors",
    message: expect.stringContaining(
      "2 rows are refused, more than the 1 of --max-errors: 2 devices are made",
    ),
    hint: expect.stringContaining("the same command with a greater --max-errors goes on"),
  };
  await expect(most(1)).rejects.toMatchObject(stopped);
  expect(readFileSync(place.at("r.csv"), "utf8")).toBe("serial,name\nx,a\ny,c\n");
  // It ends before it comes by the second of them again, and takes the file for its own all the same.
  await expect(most(0)).rejects.toMatchObject({ code: "batch.too-many-errors" });
  expect(readFileSync(place.at("r.csv"), "utf8")).toBe("serial,name\nx,a\ny,c\n");
  const { state, issued, refused } = await most(3);
  expect({ state, issued, refused }).toEqual({ state: "finished", issued: 3, refused: 3 });
  expect(readFileSync(place.at("r.csv"), "utf8")).toBe("serial,name\nx,a\ny,c\nz,e\n");
});

it("a list that was changed before its batch is finished is told what stands in its way, and how to go on", async () => {
  const list = "serial,name\n100000,a\n100001,b\nx,bad\n100003,d\n100004,e\n100005,f\n";
  await cutOffInProcess(list);
  writeFileSync(place.at("list.csv"), list.replace("x,bad", "100002,c"));
  await expect(goOn(nodeFiles)).rejects.toMatchObject({
    kind: "exists",
    message: `${place.at("a.ndjson")} exists already: batch 1, which was cut off, was writing it, and was begun with another input, or another --key, --attribute or validity`,
  });
  const other = place.samicerts(["batch", "list.csv", "--out", "a.ndjson", "--policy", "rfc5280"]);
  expect(other.status).toBe(4);
  expect(other.stderr).toContain(
    "was writing it, and was begun under another policy\nhint: finish that batch",
  );
  writeFileSync(place.at("list.csv"), list);
  expect(await goOn(nodeFiles)).toMatchObject({ state: "finished", issued: 5, refused: 1 });
});

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BatchFiles, CommittedLengths } from "../../../src/actions/batch-output.ts";
import { claimOutput } from "../../../src/batch-output/claim-output.ts";
import { outputKind } from "../../../src/batch-output/output-path.ts";
import { devicesOf, outputDeps, requestOf, writeDevices } from "./sample-batch.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "samicerts-claim-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const error = (code: string, kind = "exists") => expect.objectContaining({ kind, code });
const names = (): readonly string[] => readdirSync(dir);

/** Opens an output, does something with it, and lets go of it. */
function using<T>(
  name: string,
  batch: string,
  committed: CommittedLengths | undefined,
  work: (f: BatchFiles) => T,
): T {
  const claim = claimOutput(outputDeps(), { path: join(dir, name), shard: false });
  try {
    const files = claim.open(requestOf(batch, committed));
    try {
      return work(files);
    } finally {
      files.output.close();
      files.manifest?.close();
    }
  } finally {
    claim.release();
  }
}

function writeChunk(files: BatchFiles, from: number): CommittedLengths {
  const { output, manifest } = files;
  writeDevices(files, devicesOf(3, from));
  return { output: output.flush(), manifest: manifest?.flush() ?? 0 };
}

describe("an output's kind", () => {
  it.each([
    ["a.tar", "tar"],
    ["A.TAR.GZ", "tar.gz"],
    ["a.tgz", "tar.gz"],
    ["x/a.ndjson", "ndjson"],
    ["a.jsonl", "ndjson"],
    ["-", "stdout"],
    ["devices", "directory"],
    ["devices/", "directory"],
    ["a.tar/", "directory"],
    ["line.7", "directory"],
  ])("of %s is %s", (path, kind) => {
    expect(outputKind(path)).toBe(kind);
  });

  it.each(["a.zip", "a.gz", "devices.csv", "x/a.pem"])("is unknown for %s", (path) => {
    expect(() => outputKind(path)).toThrow(error("output.unknown-format", "input"));
  });
});

describe.each(["a.tar", "a.tar.gz", "a.ndjson", "devices"])("an output to %s", (name) => {
  it("is held by one batch at a time", () => {
    const claim = claimOutput(outputDeps(), { path: join(dir, name), shard: false });
    expect(claim.identity).toBe(join(dir, name));
    expect(() => claimOutput(outputDeps(), { path: join(dir, name), shard: false })).toThrow(
      error("exists.busy"),
    );
    claim.release();
    claimOutput(outputDeps(), { path: join(dir, name), shard: false }).release();
    expect(names()).toEqual(name === "devices" ? ["devices"] : []);
    if (name === "devices") expect(readdirSync(join(dir, name))).toEqual([]);
  });

  it("has its manifest beside it, whose header says what it is", () => {
    using(name, "1", undefined, (files) => {
      writeChunk(files, 0);
      expect(files.manifest?.path).toBe(join(dir, `${name}.manifest.ndjson`));
    });
    expect(names()).toEqual([name, `${name}.manifest.ndjson`]);
    const path = join(dir, `${name}.manifest.ndjson`);
    expect(statSync(path).mode & 0o777).toBe(0o644);
    const lines = readFileSync(path, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({
      schema: "samicerts/manifest/v1",
      batch: "1",
      created: "2026-01-01T00:00:00Z",
      output: { path: name },
    });
    const prefix = { "a.ndjson": "a.ndjson#", devices: "" }[name] ?? "devices/";
    expect(lines.slice(1)).toEqual(
      devicesOf(3).map((device) => ({
        serial: device.serial,
        name: device.name,
        file: `${prefix}${device.serial}${name === "a.ndjson" ? "" : ".crt"}`,
        sha256: device.certificateSha256,
        spkiSha256: device.spkiSha256,
        notAfter: new Date(device.notAfterMs).toISOString().replace(".000", ""),
      })),
    );
  });

  it("goes on where it was committed, however often, and ends as if nothing had happened", () => {
    const whole = using(name, "1", undefined, (files) => {
      const lengths = [0, 3, 6].map((from) => writeChunk(files, from));
      files.output.finish();
      return lengths;
    });
    const read = () => (name === "devices" ? "" : readFileSync(join(dir, name), "latin1"));
    const [archive, manifest] = [read(), readFileSync(join(dir, `${name}.manifest.ndjson`), "utf8")];
    for (const [index, committed] of [{ output: 0, manifest: 0 }, ...whole].entries()) {
      if (name === "devices")
        for (const { serial } of devicesOf(9).slice(3 * index))
          for (const suffix of [".crt", ".key"]) rmSync(join(dir, name, serial + suffix), { force: true });
      using(name, "1", committed, (files) => {
        for (let from = 3 * index; from < 9; from += 3) writeChunk(files, from);
        files.output.finish();
      });
      expect(read()).toBe(archive);
      expect(readFileSync(join(dir, `${name}.manifest.ndjson`), "utf8")).toBe(manifest);
    }
  });

  it("is another batch's where another batch's manifest is", () => {
    const committed = using(name, "1", undefined, (files) => writeChunk(files, 0));
    const before = name === "devices" ? "" : readFileSync(join(dir, name), "latin1");
    const manifest = join(dir, `${name}.manifest.ndjson`);
    const said = readFileSync(manifest, "utf8");
    if (name === "devices") {
      // Batches may share a directory, and then each has a manifest of its own.
      using(name, "2", undefined, (files) => {
        writeChunk(files, 3);
        expect(files.manifest?.path).toBe(join(dir, "devices/manifest-2.ndjson"));
      });
      const [header = ""] = readFileSync(join(dir, "devices/manifest-2.ndjson"), "utf8").split("\n");
      expect(JSON.parse(header)).toMatchObject({ output: { kind: "directory", path: "." } });
      using(name, "2", { output: 0, manifest: 0 }, (files) =>
        expect(files.manifest?.path).toBe(join(dir, "devices/manifest-2.ndjson")),
      );
      expect(() => using(name, "3", { output: 0, manifest: 99 }, () => 0)).toThrow(
        error("output.missing", "io"),
      );
    } else {
      expect(() => using(name, "2", undefined, () => 0)).toThrow(error("exists.file"));
      expect(() => using(name, "2", { output: 0, manifest: 0 }, () => 0)).toThrow(error("exists.file"));
      expect(() => using(name, "2", committed, () => 0)).toThrow(error("output.missing", "io"));
      expect(readFileSync(join(dir, name), "latin1")).toBe(before);
    }
    expect(readFileSync(manifest, "utf8")).toBe(said);
  });
});

describe.each(["a.tar", "devices"])("an output to %s of which the ledger has forgotten a part", (name) => {
  const content = () => [
    readFileSync(join(dir, `${name}.manifest.ndjson`), "utf8"),
    name === "devices" ? readdirSync(join(dir, name)).join() : readFileSync(join(dir, name), "latin1"),
  ];

  it("is not cut back behind what a run can have left uncommitted", () => {
    using(name, "1", undefined, (files) => [0, 3, 6, 9].map((from) => writeChunk(files, from)));
    const there = content();
    const committed = { output: 0, manifest: 0 };
    expect(() => using(name, "1", committed, () => 0)).toThrow(error("output.ahead", "io"));
    expect(content()).toEqual(there);
  });

  it("nor where its manifest is signed: then all of it was committed", () => {
    const [committed] = using(name, "1", undefined, (files) => {
      const lengths = [0, 3].map((from) => writeChunk(files, from));
      files.manifest?.finish({ hash: "sha256", sign: () => "signature\n" });
      return lengths;
    });
    const there = content();
    expect(() => using(name, "1", committed, () => 0)).toThrow(error("output.ahead", "io"));
    expect(content()).toEqual(there);
  });
});

describe("an archive that is there", () => {
  it("is never cut where it is not ours, whatever the ledger says", () => {
    writeFileSync(join(dir, "a.tar"), "mine");
    for (const committed of [undefined, { output: 0, manifest: 0 }])
      expect(() => using("a.tar", "1", committed, () => 0)).toThrow(error("exists.file"));
    // Nor with the torn beginning of a manifest beside it: nothing is put into an archive before that is whole.
    for (const beginning of ["", '{"schema":"samicerts/manifest/v1","batch":"1"']) {
      writeFileSync(join(dir, "a.tar.manifest.ndjson"), beginning);
      expect(() => using("a.tar", "1", { output: 0, manifest: 0 }, () => 0)).toThrow(error("exists.file"));
    }
    expect(readFileSync(join(dir, "a.tar"), "utf8")).toBe("mine");
  });

  it("leaves nothing of ours where only the manifest is in the way", () => {
    writeFileSync(join(dir, "a.tar.manifest.ndjson"), "mine");
    expect(() => using("a.tar", "1", undefined, () => 0)).toThrow(error("exists.file"));
    expect(names()).toEqual(["a.tar.manifest.ndjson"]);
    expect(readFileSync(join(dir, "a.tar.manifest.ndjson"), "utf8")).toBe("mine");
  });

  it("is never a link or a directory", () => {
    writeFileSync(join(dir, "target"), "");
    symlinkSync("target", join(dir, "a.tar"));
    symlinkSync("nowhere", join(dir, "b.tar"));
    mkdirSync(join(dir, "c.tar"));
    for (const name of ["a.tar", "b.tar", "c.tar"])
      for (const committed of [undefined, { output: 0, manifest: 0 }])
        expect(() => using(name, "1", committed, () => 0)).toThrow(error("exists.file"));
    expect(existsSync(join(dir, "nowhere"))).toBe(false);
  });

  it("or is not there any more, or has lost its end, is said to be so", () => {
    const committed = using("a.tar", "1", undefined, (files) => writeChunk(files, 0));
    truncateSync(join(dir, "a.tar"), committed.output - 1);
    expect(() => using("a.tar", "1", committed, () => 0)).toThrow(error("output.damaged", "io"));
    rmSync(join(dir, "a.tar"));
    expect(() => using("a.tar", "1", committed, () => 0)).toThrow(error("output.missing", "io"));
    expect(() => using("none/a.tar", "1", undefined, () => 0)).toThrow(
      expect.objectContaining({ kind: "io" }),
    );
  });
});

describe("a manifest's signature", () => {
  it("is made of the whole file, and put beside it as often as one likes", () => {
    let committed: CommittedLengths | undefined;
    for (const round of [1, 2]) {
      using("a.tar", "1", committed, (files) => {
        committed ??= writeChunk(files, 0);
        files.manifest?.finish({
          hash: "sha256",
          sign: (digest) => `${round} ${Buffer.from(digest).toString("hex")}\n`,
        });
        expect(files.manifest?.signaturePath).toBe(join(dir, "a.tar.manifest.ndjson.sig"));
      });
      expect(readFileSync(join(dir, "a.tar.manifest.ndjson.sig"), "utf8")).toMatch(
        new RegExp(`^${round} [0-9a-f]{64}\\n$`),
      );
    }
  });
});

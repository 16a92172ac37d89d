import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { devicesIn, expectExact, startCommand } from "../../faults/running-batch.ts";
import { type Ended, ROOT_NAME } from "../../stories/command.ts";
import {
  buildFaultyModule,
  type FaultyModule,
  MODULE,
  makeTokenPlace,
  needsToken,
  type TokenPlace,
} from "./soft-hsm.ts";

const LONG_MS = 120_000;
const COUNT = 700;

let place: TokenPlace;
let faulty: FaultyModule;

needsToken("cc")("a batch whose root's key is in a token", () => {
  beforeAll(() => {
    faulty = buildFaultyModule();
  });
  afterAll(() => faulty.remove());
  beforeEach(() => {
    place = makeTokenPlace();
  });
  afterEach(() => place.remove());

  const makeRoot = (kind = "ec:P-256"): void => {
    const uri = place.uri("root").replace(MODULE, faulty.path);
    place.succeed(["root", ROOT_NAME, "--root-key", uri, "--key", kind], { env: faulty.env() });
  };
  const batch = (out: string, from: number, fault?: string, ...more: readonly string[]): Ended => {
    const range = ["--count", `${COUNT}`, "--serial-from", `${from}`, "--name", "Device-{serial}"];
    return place.samicerts(["batch", ...range, "--out", out, ...more], { env: faulty.env(fault) });
  };
  const serialsFrom = (from: number) => Array.from({ length: COUNT }, (_, n) => String(from + n));
  const whole = (out: string, from: number): void => {
    expectExact(place, out, serialsFrom(from));
    expect(place.succeed(["verify", "--manifest", `${out}.manifest.ndjson`])).toContain(`${COUNT} compliant`);
    expect(place.succeed(["ledger", "check"])).toContain("agree");
  };

  it.each(["ec:P-256", "rsa:2048"])(
    "is made in as many sessions as are asked for, or in one, under %s",
    (kind) => {
      makeRoot(kind);
      for (const [jobs, from] of [
        ["3", 100_000],
        ["1", 200_000],
      ] as const) {
        const { status, stderr } = batch(`${jobs}.tar`, from, undefined, "--jobs", jobs);
        expect(status, stderr).toBe(0);
        whole(`${jobs}.tar`, from);
      }
    },
    LONG_MS,
  );

  it.each([
    ["CKR_SESSION_HANDLE_INVALID", "0xb3"],
    ["CKR_DEVICE_REMOVED", "0x32"],
  ])(
    "goes on where the token forgets a session in the middle, %s",
    (_name, code) => {
      makeRoot();
      const { status, stderr } = batch("a.ndjson", 100_000, `C_Sign:300:instead:${code}`);
      expect(status, stderr).toBe(0);
      whole("a.ndjson", 100_000);
    },
    LONG_MS,
  );

  it.each(["1", "3", "4"])(
    "goes on where the token is reset in the middle: all its sessions are gone, and nobody is logged in, %s sessions",
    (jobs) => {
      makeRoot();
      const { status, stderr } = batch("a.tar", 100_000, "C_Sign:300:before:reset", "--jobs", jobs);
      expect(status, stderr).toBe(0);
      whole("a.tar", 100_000);
    },
    LONG_MS,
  );

  it(
    "writes nothing of a chunk in which a signature does not hold, and goes on when they do again",
    () => {
      makeRoot();
      // Its first one is the first of a piece, which is checked.
      for (const fault of ["C_Sign:1:after:spoil", "C_Sign:0:after:spoil"]) {
        const { status, stderr } = batch("a.ndjson", 100_000, fault);
        expect(stderr).toContain("a signature that was just made does not hold");
        expect(status).toBe(1);
        expect(devicesIn(place.at("a.ndjson")).size).toBe(0);
      }
      const { status, stderr } = batch("a.ndjson", 100_000, "C_Sign:333:after:spoil", "--check-all");
      expect(stderr).toContain("a signature that was just made does not hold");
      expect(status).toBe(1);
      expect(batch("a.ndjson", 100_000).status).toBe(0);
      whole("a.ndjson", 100_000);
    },
    LONG_MS,
  );

  it.each(["1", "3"])(
    "ends with Ctrl-C after the chunk in hand, and goes on when it is run again, %s sessions",
    async (jobs) => {
      makeRoot();
      const range = ["--count", "6000", "--serial-from", "100000", "--name", "Device-{serial}"];
      const words = ["batch", ...range, "--out", "a.tar", "--jobs", jobs, "--json"];
      const env = { ...place.env, ...faulty.env() };
      const { child, ended } = startCommand(place, words, "ignore", env);
      child.stdout?.once("data", () => child.kill("SIGINT"));
      const { status, stderr } = await ended;
      expect(status, stderr).toBe(130);
      expect(place.samicerts(words, { env: faulty.env() }).status).toBe(0);
      expectExact(
        place,
        "a.tar",
        Array.from({ length: 6000 }, (_, n) => String(100_000 + n)),
      );
      expect(place.succeed(["ledger", "check"])).toContain("agree");
    },
    LONG_MS,
  );

  it.each([1, 2, 3, 4])(
    "takes as many sessions as the token gives, where its %i. further one is one too many",
    (nth) => {
      makeRoot();
      // The first is the one that the root was opened in.
      const { status, stderr } = batch("a.ndjson", 100_000, `C_OpenSession:${nth + 1}:instead:0xb1`);
      expect(status, stderr).toBe(0);
      whole("a.ndjson", 100_000);
    },
    LONG_MS,
  );

  it.each([1, 129, 400, COUNT])(
    "is exact after it was killed in its signature %i and run again",
    (nth) => {
      makeRoot();
      expect(batch("a", 100_000, `C_Sign:${nth}:before:kill`).signal).toBe("SIGKILL");
      const { status, stderr } = batch("a", 100_000);
      expect(status, stderr).toBe(0);
      whole("a", 100_000);
    },
    LONG_MS,
  );

  it(
    "is signed in several sessions at once, however few the devices are",
    () => {
      makeRoot();
      const range = (from: number) => [
        "--count",
        "60",
        "--serial-from",
        `${from}`,
        "--name",
        "Device-{serial}",
      ];
      const env = faulty.env("C_Sign:2:before:meet");
      expect(place.succeed(["batch", ...range(100_000)], { env })).toContain("made 60 devices");
      // In one session a signature never meets another.
      const { status, stderr } = place.samicerts(["batch", ...range(200_000), "--jobs", "1"], { env });
      expect({ status, told: stderr.includes("failed while signing: CKR_FUNCTION_FAILED") }).toEqual({
        status: 5,
        told: true,
      });
    },
    LONG_MS,
  );

  it(
    "ends with exit code 5 where the token signs no more, and goes on when it does again",
    () => {
      makeRoot();
      const { status, stderr } = batch("a.tar.gz", 100_000, "C_Sign:0:instead:0x30");
      expect(stderr).toMatch(/^error: the token "vendor" failed while signing: CKR_DEVICE_ERROR\nhint: /m);
      expect(status).toBe(5);
      expect(batch("a.tar.gz", 100_000).status).toBe(0);
      whole("a.tar.gz", 100_000);
    },
    LONG_MS,
  );
});

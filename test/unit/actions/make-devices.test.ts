import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createRoot } from "../../../src/actions/create-root.ts";
import { type DeviceApprover, prepareDeviceApprover } from "../../../src/actions/issue-device.ts";
import { createDeviceMaker, type DeviceMaker } from "../../../src/actions/make-devices.ts";
import { openIssuer } from "../../../src/actions/open-issuer.ts";
import { createDeviceEncoder } from "../../../src/batch-output/device-encoder.ts";
import { type GeneratedKey, keyGenerator } from "../../../src/keys/generate.ts";
import { openDeps } from "../../../src/open-deps.ts";
import { openJudge } from "../../../src/open-judge.ts";
import { loadPolicy } from "../../../src/policy/load-policy.ts";
import { parseName } from "../../../src/x509/name-syntax.ts";
import type { Signer } from "../../../src/x509/signer.ts";

const judge = openJudge(loadPolicy("sami", () => ""));
const jobs = (from: number, ...names: readonly string[]) =>
  names.map((name, index) => ({ serial: BigInt(from + index), name }));

let folder: string;
let made: GeneratedKey[];
let signer: Signer;
let approver: DeviceApprover;
let maker: DeviceMaker;
let nowMs: number;

/** Overwritten: nothing of the key is left. */
const areWiped = (): boolean =>
  made.length > 0 && made.every(({ pkcs8 }) => pkcs8.every((octet) => octet === 0));

const makerOf = (other: DeviceApprover = approver): DeviceMaker =>
  createDeviceMaker({
    approver: other,
    checkAll: false,
    encoder: createDeviceEncoder({ kind: "ndjson", sharded: false, name: "a.ndjson" }),
    keyGenerator: (spec) => {
      const generate = keyGenerator(spec);
      return () => {
        const key = generate();
        made.push(key);
        return key;
      };
    },
  });

const serialsIn = (output: Uint8Array): unknown[] =>
  Buffer.from(output)
    .toString()
    .split("\n")
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { readonly serial: unknown }).serial);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "samicerts-make-"));
  const deps = openDeps({ dir: folder });
  createRoot({ subject: parseName("/C=US/O=MyOrg/CN=R"), judge }, deps);
  const issuer = openIssuer(deps, judge, undefined);
  deps.close();
  nowMs = Date.now();
  made = [];
  ({ signer } = issuer);
  approver = prepareDeviceApprover(issuer, { judge });
  maker = makerOf();
});
afterEach(() => rmSync(folder, { recursive: true }));

const signAll = (prepared: ReturnType<DeviceMaker["prepare"]>): Uint8Array[] =>
  prepared.approved.map(({ tbs, algorithm }) => signer.sign(tbs, algorithm));

it("devices are made in two steps as in one, refused ones in their places, and their keys are overwritten", () => {
  const asked = jobs(1001, "a", "", "c");
  const atOnce = maker.make(asked, nowMs);
  const prepared = maker.prepare(asked, nowMs);
  expect(prepared.approved.length).toBe(2);
  const inTwo = prepared.finish(signAll(prepared));
  for (const { encoded, refused } of [atOnce, inTwo]) {
    expect(serialsIn(encoded.output)).toEqual(["1001", "1003"]);
    expect(refused.map(({ index }) => index)).toEqual([1]);
  }
  expect(inTwo.refused).toEqual(atOnce.refused);
  expect(areWiped()).toBe(true);
});

it("pieces are finished in any order", () => {
  const [first, second] = [maker.prepare(jobs(1001, "a", "b"), nowMs), maker.prepare(jobs(1003, "c"), nowMs)];
  expect(serialsIn(second.finish(signAll(second)).encoded.output)).toEqual(["1003"]);
  expect(serialsIn(first.finish(signAll(first)).encoded.output)).toEqual(["1001", "1002"]);
});

it("a signature that does not hold ends the piece: its keys are overwritten, and the next piece has nothing of it", () => {
  const prepared = maker.prepare(jobs(1001, "a", "b", "c"), nowMs);
  const [good = new Uint8Array()] = signAll(prepared);
  // Of another device, and with an end that has it checked.
  const wrong = new Uint8Array(good);
  wrong[wrong.length - 1] = 0;
  expect(() => prepared.finish([good, wrong, good])).toThrow(
    expect.objectContaining({ code: "path.invalid" }),
  );
  expect(areWiped()).toBe(true);
  expect(serialsIn(maker.make(jobs(1004, "d"), nowMs).encoded.output)).toEqual(["1004"]);
});

it("keys are overwritten where signing fails, and where devices are given up", () => {
  const failing: Signer = {
    ...signer,
    algorithm: signer.algorithm,
    sign: () => {
      throw new Error("the token is gone");
    },
  };
  const other = makerOf({ ...approver, issuer: { ...approver.issuer, signer: failing } });
  expect(() => other.make(jobs(1001, "a"), nowMs)).toThrow("the token is gone");
  expect(areWiped()).toBe(true);
  const prepared = maker.prepare(jobs(1002, "b", "c"), nowMs);
  expect(areWiped()).toBe(false);
  prepared.wipe();
  expect(areWiped()).toBe(true);
});

import type { Certificate } from "../../../src/x509/certificate.ts";
import { buildPath, type PathInput, type PathResult } from "../../../src/x509/chain.ts";
import { type MintInput, mint, NOW, type TestKey, testKey } from "./mint.ts";

/** The root's key. */
export const ROOT_KEY: TestKey = testKey();
/** The key of the factory line, an intermediate under the root. */
export const LINE_KEY: TestKey = testKey();
/** The key of the device, which the line signed. */
export const DEVICE_KEY: TestKey = testKey();
/** Somebody else's key. */
export const OTHER_KEY: TestKey = testKey();

/** A root, valid unless `input` says otherwise. */
export const root = (input: Partial<MintInput> = {}): Certificate =>
  mint({ subject: "Root", key: ROOT_KEY, ca: true, ...input });
/** A line under the root, valid unless `input` says otherwise. */
export const line = (input: Partial<MintInput> = {}): Certificate =>
  mint({ subject: "Line", issuer: "Root", key: LINE_KEY, by: ROOT_KEY, ca: true, ...input });
/** A device under the line, valid unless `input` says otherwise. */
export const device = (input: Partial<MintInput> = {}): Certificate =>
  mint({ subject: "Device", issuer: "Line", key: DEVICE_KEY, by: LINE_KEY, ...input });

/** The scene as it stands. */
export const ROOT: Certificate = root();
/** The line in it. */
export const LINE: Certificate = line();
/** The device in it. */
export const DEVICE: Certificate = device();

/** Builds the path of the scene, with what `input` puts in its place. */
export const judge = (input: Partial<PathInput> = {}): PathResult =>
  buildPath({ target: DEVICE, anchors: [ROOT], untrusted: [LINE], atMs: NOW, ...input });

/** The findings as `rule subject`. */
export const said = (input: Partial<PathInput>): string[] =>
  judge(input).findings.map((finding) => `${finding.rule} ${finding.subject.replace(/^.*CN=/, "")}`);

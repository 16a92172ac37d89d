import type { FlagSpec } from "./flags.ts";

const DEVICES = "Which devices:";
const FILES = "Files:";
const WORK = "How to work:";

type BatchFlagKey =
  | "count"
  | "serialFrom"
  | "name"
  | "out"
  | "shard"
  | "rejects"
  | "maxErrors"
  | "noPrecheck"
  | "dryRun"
  | "jobs"
  | "checkAll"
  | "json";

/** The flags that `samicerts batch` alone takes. */
export const BATCH_FLAG: Readonly<Record<BatchFlagKey, FlagSpec>> = {
  count: {
    name: "count",
    value: "n",
    group: DEVICES,
    summary: "so many, instead of a file, with serials that follow each other",
    completes: [],
  },
  serialFrom: {
    name: "serial-from",
    value: "serial",
    group: DEVICES,
    summary: "the first of these serials",
    completes: [],
  },
  name: {
    name: "name",
    value: "template",
    group: DEVICES,
    summary: "what they are called: {serial}, {serialHex} and {n} (from 1) are filled in",
    completes: [],
  },
  out: {
    name: "out",
    value: "path",
    group: FILES,
    summary: "a directory, a .tar, .tar.gz or .ndjson file, or - (default: devices/)",
    completes: "file",
  },
  shard: { name: "shard", group: FILES, summary: "spread the files over a thousand directories" },
  rejects: {
    name: "rejects",
    value: "file",
    group: FILES,
    summary: "put the rows that are refused into this file, to be mended and run again",
    completes: "file",
  },
  maxErrors: {
    name: "max-errors",
    value: "n",
    group: WORK,
    summary: "stop where more rows than this are refused (default: any number)",
    completes: [],
  },
  noPrecheck: {
    name: "no-precheck",
    group: WORK,
    summary: "begin without having gone through the whole file, as with standard input",
  },
  dryRun: { name: "dry-run", group: WORK, summary: "check every row and make nothing" },
  jobs: {
    name: "jobs",
    value: "n",
    group: WORK,
    summary: "threads that make devices (default: as many as cores)",
    completes: [],
  },
  checkAll: {
    name: "check-all",
    group: WORK,
    summary: "check every signature that was made, not one in some; half as long again",
  },
  json: { name: "json", group: "Output:", summary: "print NDJSON: what happens, and a summary at the end" },
};

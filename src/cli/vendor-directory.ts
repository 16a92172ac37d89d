import { randomBytes } from "node:crypto";
import { nodeFiles } from "../workspace/node-files.ts";
import { openWorkspace } from "../workspace/open-workspace.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { Flags } from "./flag-values.ts";
import { FLAG } from "./flags.ts";

/** The vendor's directory as the flags name it. */
export function vendorDirectory(flags: Flags): string {
  return flags.text(FLAG.dir) ?? ".";
}

/** The vendor's directory, for commands that only read: they need no ledger, and so load none. */
export function openVendorDirectory(flags: Flags): Workspace {
  return openWorkspace(vendorDirectory(flags), nodeFiles, { bytes: (count) => randomBytes(count) });
}

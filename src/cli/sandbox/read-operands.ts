import { SamicertsError } from "../../base/errors.ts";
import type { Platform } from "../../sandbox/platform.ts";
import type { Vendor } from "../../sandbox/vendors.ts";
import { usageError } from "../usage.ts";
import { commonName } from "./open-sandbox.ts";

const LEAST_DIGITS = 4;

/** The vendor of this name, or whose root's SHA-256 begins so; the only one where none is named. Throws `sandbox.no-vendor`. */
export function findVendor({ vendors }: Platform, named: string | undefined): Vendor {
  const all = vendors.all();
  const digits = (named ?? "").replaceAll(":", "").toLowerCase();
  const fitting = all.filter(
    (vendor) =>
      named === undefined ||
      vendor.name === named ||
      commonName(vendor.root) === named ||
      (digits.length >= LEAST_DIGITS && vendor.sha256.startsWith(digits)),
  );
  const [found] = fitting;
  if (found !== undefined && fitting.length === 1) return found;
  const few = found === undefined;
  const which = named === undefined ? "" : ` ${named}`;
  throw new SamicertsError({
    kind: "input",
    code: "sandbox.no-vendor",
    message: few
      ? `there is no vendor${which}`
      : `there are ${fitting.length} vendors${which}: it is not said which`,
    hint: few
      ? "add its root first: samicerts sandbox vendor add root.crt"
      : "give its name or the beginning of its root's SHA-256 with --vendor; sandbox vendor list has them",
  });
}

/** Reads a device type's id; throws `usage.type-id`. */
export function readTypeId(text: string | undefined): string | undefined {
  if (text === undefined || /^dt[0-9a-f]{32}$/.test(text)) return text;
  throw usageError(
    "type-id",
    `--id can't be ${JSON.stringify(text.slice(0, 80))}`,
    "give dt and 32 digits of hex, as in dt430e40b477dd42ccb09cc83241ef9b99",
  );
}

/** Reads an account's address; throws `usage.email`. */
export function readEmail(text = ""): string {
  if (/^[^\s@]{1,64}@[^\s@]{1,190}$/.test(text)) return text;
  throw usageError(
    "email",
    `${JSON.stringify(text.slice(0, 80))} is no address`,
    "give one, such as eve@example.com",
  );
}

/** Reads where OAuth may send users back to; throws `usage.redirect`. */
export function readRedirectUri(text: string): string {
  if (URL.canParse(text) && !/[\s#]/.test(text) && !/^(?:javascript|data|vbscript):/i.test(text)) return text;
  throw usageError(
    "redirect",
    `--redirect can't be ${JSON.stringify(text.slice(0, 80))}`,
    "give a whole URI without a fragment, as in --redirect http://localhost:3000/callback",
  );
}

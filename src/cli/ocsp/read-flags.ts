import type { Flags } from "../flag-values.ts";
import { OCSP_FLAG } from "../ocsp-flags.ts";
import { readSpan } from "../span.ts";
import { usageError } from "../usage.ts";

const DEFAULT_LISTEN = "127.0.0.1:2560";

/** Reads `--listen`: `host:port`, an IPv6 address in brackets; throws `usage.listen`. */
export function readListen(flags: Flags): { readonly host: string; readonly port: number } {
  const text = flags.text(OCSP_FLAG.listen) ?? DEFAULT_LISTEN;
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.%]+)\]|([^:[\]]+)):([0-9]{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host !== undefined && port <= 65_535) return { host, port };
  throw usageError(
    "listen",
    `--listen can't be ${JSON.stringify(text.slice(0, 80))}`,
    "give address and port, as in --listen 127.0.0.1:2560 or [::1]:2560",
  );
}

/** Reads `--path`, with a slash at both ends; throws `usage.path`. */
export function readPrefix(flags: Flags): string {
  const text = flags.text(OCSP_FLAG.path) ?? "/";
  if (/^[A-Za-z0-9/._~-]*$/.test(text)) return `/${text}/`.replace(/\/+/g, "/");
  throw usageError(
    "path",
    `--path can't be ${JSON.stringify(text.slice(0, 80))}`,
    "give the path alone, of letters, digits, - . _ ~ and /, as in --path /ocsp",
  );
}

/** Reads `--valid` into milliseconds; throws `usage.valid`. */
export function readValid(flags: Flags, otherwise: string, nowMs: number): number {
  const text = flags.text(OCSP_FLAG.valid) ?? otherwise;
  if (/^[1-9][0-9]{0,4}[hd]$/.test(text)) return readSpan(text, nowMs);
  throw usageError(
    "valid",
    `--valid can't be ${JSON.stringify(text.slice(0, 40))}`,
    "give hours or days, as in --valid 1h or --valid 7d",
  );
}

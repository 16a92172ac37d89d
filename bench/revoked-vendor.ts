import { join } from "node:path";
import type { ChunkRow } from "../src/ledger/batch.ts";
import type { IssuerId, Ledger } from "../src/ledger/ledger.ts";
import { openLedger } from "../src/ledger/open.ts";
import type { RevocationReason } from "../src/x509/crl-reason.ts";
import { samicerts } from "./programs.ts";
import { randomColumns } from "./random-columns.ts";

const CHUNK = 1000;
/** What is revoked for no reason has no extension on the CRL; most are of this kind, as devices are stolen and replaced. */
const REASONS: readonly RevocationReason[] = ["keyCompromise", "superseded", "cessationOfOperation"];

/** A vendor's directory with real devices, and many more in its ledger that are revoked. */
export interface RevokedVendor {
  readonly directory: string;
  /** Real devices' certificates, a directory of so many. */
  readonly devices: readonly { readonly path: string; readonly count: number }[];
  /** Serials that are revoked, and since when, milliseconds since 1970. */
  readonly revoked: readonly { readonly serial: number; readonly revokedMs: number }[];
}

const FIRST_REVOKED = 500_000_000;

/** Makes a root and `lots` of devices as any vendor does, then puts `count` revoked certificates into its ledger. */
export function makeRevokedVendor(directory: string, lots: readonly number[], count: number): RevokedVendor {
  must(["root", "/C=US/O=Bench/CN=Bench Root"], directory);
  const devices = lots.map((size, index) => {
    const path = `lot-${size}`;
    const from = `${100_000_000 + index * 1_000_000}`;
    must(
      ["batch", "--count", `${size}`, "--serial-from", from, "--name", "Lamp {serial}", "--out", path],
      directory,
    );
    return { path, count: size };
  });
  const ledger = openLedger(join(directory, "samicerts.db"));
  const issuer = ledger.issuers()[0]?.id as IssuerId;
  fill(ledger, issuer, count);
  const nowMs = Date.now();
  const revoked = Array.from({ length: count }, (_, index) => ({
    serial: FIRST_REVOKED + index,
    revokedMs: nowMs - (index % 1_000_000) * 1000,
  }));
  for (let from = 0; from < count; from += CHUNK)
    ledger.revocations.revoke(
      revoked.slice(from, from + CHUNK).map(({ serial, revokedMs }, index) => ({
        issuer,
        serial: `${serial}`,
        reason: REASONS[index % REASONS.length] as RevocationReason,
        revokedMs,
        ...(index % 4 === 0 ? { invalidFromMs: revokedMs - 86_400_000 } : {}),
      })),
      nowMs,
    );
  ledger.close();
  return { directory, devices, revoked };
}

function fill(ledger: Ledger, issuer: IssuerId, count: number): void {
  const batch = ledger.openBatch({
    issuer,
    inputDigest: "bench",
    output: "/bench",
    policyDigest: "bench",
    atMs: 0,
  });
  const nowMs = Date.now();
  let pending: readonly ChunkRow[] = [];
  for (let from = 0; from <= count; from += CHUNK) {
    const issued = randomColumns(pending, nowMs, nowMs);
    const rows = Array.from({ length: Math.min(CHUNK, count - from) }, (_, index) => ({
      serial: `${FIRST_REVOKED + from + index}`,
      name: `Lost ${from + index}`,
      line: from + index + 1,
    }));
    if (from === 0) ledger.reserveChunk(batch, rows, nowMs);
    else ledger.turnChunk(batch, { issued, lastLine: from, outputLength: from, atMs: nowMs }, rows, nowMs);
    pending = rows;
  }
  ledger.finishBatch(batch, "{}", nowMs);
}

function must(words: readonly string[], directory: string): void {
  const status = samicerts([...words, "--quiet"], directory);
  if (status !== 0) throw new Error(`samicerts ${words.join(" ")} ended with ${status}`);
}

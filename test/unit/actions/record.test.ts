import { describe, expect, it } from "vitest";
import { approve } from "../../../src/actions/certify.ts";
import { issuerEntry, record } from "../../../src/actions/record.ts";
import { SamicertsError } from "../../../src/base/errors.ts";
import { generateKey } from "../../../src/keys/generate.ts";
import { memoryLedger } from "../../../src/ledger/memory.ts";
import { openJudge } from "../../../src/open-judge.ts";
import { issueDefaults, prepareDrafter } from "../../../src/policy/draft.ts";
import { settleValidity } from "../../../src/policy/draft-validity.ts";
import { loadPolicy } from "../../../src/policy/load-policy.ts";
import { decodeCertificate } from "../../../src/x509/certificate.ts";
import { parseName } from "../../../src/x509/name-syntax.ts";
import type { Signer } from "../../../src/x509/signer.ts";

const NOW = Date.UTC(2026, 10, 24);
const policy = loadPolicy("sami", () => "");
const judge = openJudge(policy);
const rootKey = generateKey({ kind: "ec", curve: "P-256" });

/** A root's draft that the judge has passed, its serial known. */
function approvedRoot() {
  const signer = rootKey.signer();
  const draft = prepareDrafter({ policy, role: "root", signatureAlgorithm: signer.algorithm })({
    serial: 0x4000_0000_0000_0000_0000_0000_0000_0001n,
    subject: parseName("/C=US/O=MyOrg/CN=Root"),
    publicKey: signer.publicKey,
    ...settleValidity({}, issueDefaults(policy, "root"), undefined, NOW),
  });
  return approve({ draft, role: "root", issuers: [], atMs: NOW }, judge);
}

const SERIAL = 0x4000_0000_0000_0000_0000_0000_0000_0001n.toString();

function caught(work: () => unknown): SamicertsError {
  try {
    work();
  } catch (error) {
    if (error instanceof SamicertsError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** Records a root with this signer and this way of writing; tells what the ledger has then. */
function attempt(signer: Signer, write: (der: Uint8Array) => void, leftBehind = false) {
  const ledger = memoryLedger().open();
  const approved = approvedRoot();
  const item = { approved, signer, issuers: [], name: "Root", atMs: NOW };
  const work = () => record(item, { write, leftBehind: () => leftBehind }, ledger);
  const row = () => ledger.find(ledger.addIssuer(issuerEntry(approved.certificate, NOW)), SERIAL);
  return { work, row };
}

describe("recording a certificate", () => {
  it("writes what it signed, then tells the ledger", () => {
    const seen: string[] = [];
    const { work, row } = attempt(rootKey.signer(), (der) => {
      seen.push(`${decodeCertificate(der).subject.rdns.length} ${row()?.state}`);
    });
    expect(work().certificate.signature.length).toBeGreaterThan(60);
    expect(seen).toEqual(["3 reserved"]);
    expect(row()?.state).toBe("issued");
  });

  it("writes nothing that was signed wrongly, and gives the serial back", () => {
    const other = generateKey({ kind: "ec", curve: "P-256" }).signer();
    const flipped: Signer = {
      ...rootKey.signer(),
      publicKey: rootKey.publicKey,
      algorithm: rootKey.signer().algorithm,
      sign: (tbs) => other.sign(tbs),
    };
    let written = 0;
    const { work, row } = attempt(flipped, () => written++);
    expect(caught(work).code).toBe("path.invalid");
    expect(written).toBe(0);
    expect(row()).toBeUndefined();
  });

  it("gives the serial back where writing failed and left nothing", () => {
    const full = new SamicertsError({ kind: "io", code: "io.no-space", message: "full", hint: "-" });
    const { work, row } = attempt(rootKey.signer(), () => {
      throw full;
    });
    expect(caught(work)).toBe(full);
    expect(row()).toBeUndefined();
  });

  it("keeps the serial where something may be left", () => {
    const broken = new SamicertsError({ kind: "io", code: "io.failed", message: "broken", hint: "-" });
    const { work, row } = attempt(
      rootKey.signer(),
      () => {
        throw broken;
      },
      true,
    );
    expect(caught(work)).toBe(broken);
    expect(row()?.state).toBe("reserved");
  });
});

describe("the judge before the signature", () => {
  it("refuses a draft by name, with every reason and nothing signed", () => {
    const signer = rootKey.signer();
    const draft = prepareDrafter({ policy, role: "root", signatureAlgorithm: signer.algorithm })({
      serial: 5n,
      subject: parseName("/CN=Root"),
      publicKey: signer.publicKey,
      notBeforeMs: NOW,
      notAfterMs: NOW + 20 * 366 * 86_400_000,
    });
    const error = caught(() => approve({ draft, role: "root", issuers: [], atMs: NOW }, judge));
    expect(error).toMatchObject({ kind: "refused", code: "policy.refused" });
    expect(error.message).toMatch(/^the policy sami refuses this root's certificate: /);
    expect(error.message).toContain("[validity-length]");
    expect(error.message).toContain("[subject-attributes]");
    expect(error.findings.length).toBeGreaterThan(2);
  });
});

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  checkManifestIssuer,
  checkManifestSignature,
  type ManifestCheck,
} from "../../../src/actions/check-manifest.ts";
import { sha256Hex } from "../../../src/actions/summary.ts";
import { SamicertsError } from "../../../src/base/errors.ts";
import { softwareSigner } from "../../../src/keys/software-signer.ts";
import type { Certificate } from "../../../src/x509/certificate.ts";
import { createDetachedSigner, readDetachedSignature } from "../../../src/x509/cms-signature.ts";
import { mint, NOW, type TestKey, testKey } from "../x509/mint.ts";

const rootKey = testKey();
const otherKey = testKey("rsa", { modulusLength: 2048 });
const lineKey = testKey();
const deviceKey = testKey();
const root = mint({ subject: "root", key: rootKey, ca: true });
const other = mint({ subject: "other", key: otherKey, ca: true });
const under = { issuer: "root", by: rootKey } as const;
const line = mint({ ...under, subject: "line", key: lineKey, ca: true });
const device = mint({ ...under, subject: "device", key: deviceKey });

function check(by: Certificate, key: TestKey, more: Partial<ManifestCheck> = {}): ManifestCheck {
  const signer = createDetachedSigner(
    softwareSigner(key.publicKey, () => key.privateKey),
    by,
    NOW,
  );
  const digest = createHash(signer.hash).update("content").digest();
  const signature = readDetachedSignature(signer.sign(digest), "m.sig");
  const files = { path: "m", signaturePath: "m.sig" };
  return { ...files, signature, digest, anchors: [root], untrusted: [], atMs: NOW, ...more };
}

function refusal(input: ManifestCheck): string {
  try {
    checkManifestSignature(input);
  } catch (error) {
    if (error instanceof SamicertsError) return `${error.kind} ${error.code}: ${error.message}`;
    throw error;
  }
  return "taken";
}

describe("a manifest's signature", () => {
  it("is a trusted root's, whichever of them", () => {
    expect(checkManifestSignature(check(root, rootKey))).toBe(root);
    expect(checkManifestSignature(check(other, otherKey, { anchors: [root, other] }))).toBe(other);
  });

  it("is nobody else's", () => {
    const told = "refused manifest.signature: m.sig is not a signature by /CN=root";
    expect(refusal(check(other, otherKey))).toBe(told);
    // The root's certificate in it does not make it the root's.
    expect(refusal(check(root, lineKey))).toBe(told);
    expect(refusal(check(device, deviceKey))).toBe(told);
    expect(refusal(check(line, lineKey))).toBe(told);
  });

  it("may be that of a CA which leads to a trusted root, and never a device's", () => {
    expect(checkManifestSignature(check(line, lineKey, { untrusted: [line] }))).toBe(line);
    expect(refusal(check(device, deviceKey, { untrusted: [device] }))).toContain("manifest.signature");
    const late = mint({ ...under, subject: "line", key: lineKey, ca: true, notAfterMs: NOW - 1000 });
    expect(refusal(check(late, lineKey, { untrusted: [late] }))).toContain("manifest.signature");
    const seal = mint({ ...under, subject: "line", key: lineKey, ca: true, certSign: false });
    expect(refusal(check(seal, lineKey, { untrusted: [seal] }))).toContain("manifest.signature");
    const strange = mint({ subject: "line", issuer: "other", by: otherKey, key: lineKey, ca: true });
    expect(refusal(check(strange, lineKey, { untrusted: [strange] }))).toContain("manifest.signature");
  });

  it("is of this manifest and no other", () => {
    const digest = createHash("sha256").update("another").digest();
    expect(refusal(check(root, rootKey, { digest }))).toBe(
      "refused manifest.changed: m was changed after it was signed: its digest is not the one in m.sig",
    );
    expect(refusal(check(root, rootKey, { digest: digest.subarray(0, 0) }))).toContain("manifest.changed");
  });

  it("is by the issuer that the manifest names", () => {
    expect(() => checkManifestIssuer("m", sha256Hex(root.publicKey.der), root)).not.toThrow();
    expect(() => checkManifestIssuer("m", sha256Hex(line.publicKey.der), root)).toThrow(
      "m is of another issuer's batch than /CN=root, who signed it",
    );
  });
});

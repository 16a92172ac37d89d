import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createManifestSigner } from "../../src/actions/sign-manifest.ts";
import { softwareSigner } from "../../src/keys/software-signer.ts";
import { decodeCertificate } from "../../src/x509/certificate.ts";
import { readDetachedSignature } from "../../src/x509/cms-signature.ts";
import { readPem, writePem } from "../../src/x509/pem.ts";
import { createVerifier } from "../../src/x509/signature.ts";
import { needs } from "../programs.ts";
import { mint, NOW, testKey } from "../unit/x509/mint.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "samicerts-cms-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const CONTENT = '{"schema":"samicerts/manifest/v1"}\n{"serial":"1"}\r\n';

needs("openssl")("a manifest's signature and openssl cms", () => {
  it.each([
    ["ec", { namedCurve: "P-256" }],
    ["ec", { namedCurve: "P-384" }],
    ["rsa", { modulusLength: 2048 }],
  ])("ours is one that it verifies: %s %o", (type, options) => {
    const key = testKey(type, options);
    const certificate = mint({ subject: "root", key, ca: true, notAfterMs: Date.UTC(2100, 0, 1) });
    const signer = createManifestSigner(
      { signer: softwareSigner(key.publicKey, () => key.privateKey), certificate },
      NOW,
    );
    writeFileSync(join(dir, "m"), CONTENT);
    writeFileSync(join(dir, "m.sig"), signer.sign(createHash(signer.hash).update(CONTENT).digest()));
    writeFileSync(join(dir, "root.crt"), writePem("CERTIFICATE", certificate.der));
    const verify = () =>
      spawnSync(
        "openssl",
        "cms -verify -binary -inform PEM -in m.sig -content m -CAfile root.crt -purpose any -out out".split(
          " ",
        ),
        { cwd: dir, encoding: "utf8" },
      );
    expect(verify()).toMatchObject({ status: 0, stderr: expect.stringContaining("successful") });
    expect(readFileSync(join(dir, "out"), "utf8")).toBe(CONTENT);
    writeFileSync(join(dir, "m"), CONTENT.replace("1", "2"));
    expect(verify().status).not.toBe(0);
  });

  it("its is one that we read and verify", () => {
    writeFileSync(join(dir, "m"), CONTENT);
    const openssl = (words: string) => execFileSync("openssl", words.split(" "), { cwd: dir, stdio: "pipe" });
    openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k -out c -subj /CN=x");
    openssl("cms -sign -binary -in m -signer c -inkey k -outform PEM -out m.sig -md sha256");
    const [block] = readPem(readFileSync(join(dir, "m.sig")), "m.sig");
    const read = readDetachedSignature(block?.der ?? new Uint8Array(), "m.sig");
    expect(Buffer.from(read.digest)).toEqual(createHash("sha256").update(CONTENT).digest());
    const [own] = readPem(readFileSync(join(dir, "c")), "c");
    const { publicKey } = decodeCertificate(own?.der ?? new Uint8Array());
    expect(createVerifier(publicKey).verify(read.signedAttributes, read.algorithm, read.signature)).toEqual({
      ok: true,
    });
  });
});

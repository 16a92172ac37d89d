import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { needs } from "../programs.ts";
import { HOST, outputOf, stop } from "./tls-server.ts";
import { makeVendor, run, samicerts, type Vendor } from "./vendor.ts";

/** A server that hands on an answer that was signed beforehand. */
interface Stapling {
  readonly port: string;
  end(): Promise<void>;
}

needs("openssl", "gnutls-cli")("an answer that was signed beforehand, stapled by openssl s_server", () => {
  let vendor: Vendor;
  const dir = (): readonly string[] => ["--dir", vendor.directory];
  const answer = (): string => join(vendor.directory, "ocsp-answers/100000001.der");
  beforeAll(() => {
    vendor = makeVendor({});
    samicerts(["ocsp", "responder", ...dir()]);
  });
  afterAll(() => vendor.remove());

  async function staple(): Promise<Stapling> {
    samicerts(["ocsp", "sign", "100000001", ...dir()]);
    const keys = ["-cert", vendor.device, "-key", vendor.deviceKey, "-CAfile", vendor.root];
    const words = ["s_server", "-accept", `${HOST}:0`, ...keys, "-status_file", answer()];
    const child = spawn("openssl", words, { stdio: ["pipe", "pipe", "pipe"] });
    const [, port = ""] = await outputOf(child, /^ACCEPT \S+:(\d+)$/m);
    return { port, end: () => stop(child) };
  }

  /** What each of two clients is told in the handshake, and makes of it. */
  function clients(port: string): { readonly openssl: string; readonly gnutls: string } {
    const openssl = ["s_client", "-connect", `${HOST}:${port}`, "-status", "-CAfile", vendor.root];
    const saved = join(vendor.directory, "saved.der");
    const gnutls = ["--x509cafile", vendor.root, "--save-ocsp", saved, "-p", port, HOST];
    const { stdout, stderr } = run("gnutls-cli", gnutls);
    expect(readFileSync(saved).equals(readFileSync(answer()))).toBe(true);
    return { openssl: run("openssl", openssl).stdout, gnutls: stdout + stderr };
  }

  it("tells both that the certificate is good, and then that it is revoked", async () => {
    const good = await staple();
    try {
      const told = clients(good.port);
      expect(told.openssl).toMatch(/OCSP Response Status: successful[\s\S]*Cert Status: good/);
      // Both have something against a device in the place of a server, but not this.
      expect(told.gnutls).toContain("Status: ");
      expect(told.gnutls).not.toContain("revoked");
    } finally {
      await good.end();
    }
    samicerts(["revoke", "100000001", "--reason", "keyCompromise", ...dir()]);
    const revoked = await staple();
    try {
      const told = clients(revoked.port);
      expect(told.openssl).toMatch(/Cert Status: revoked[\s\S]*Revocation Reason: keyCompromise/);
      expect(told.gnutls).toContain("The certificate chain is revoked.");
    } finally {
      await revoked.end();
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { needs } from "../programs.ts";
import { certtoolVerify, opensslVerify } from "./other-verifiers.ts";
import { expectedAnswer, greet, startGnutlsServer, startOpensslServer } from "./tls-server.ts";
import { KEY_CHOICES, makeVendor, samicerts, type Vendor } from "./vendor.ts";

let stranger: Vendor;

beforeAll(() => {
  // The same names, other keys: only the signature tells it apart.
  stranger = makeVendor({});
});
afterAll(() => stranger.remove());

describe.each(KEY_CHOICES)("with $key under $policy", (choice) => {
  let vendor: Vendor;

  beforeAll(() => {
    vendor = makeVendor(choice);
  });
  afterAll(() => vendor.remove());

  it("samicerts verify finds the device compliant", () => {
    const shown = samicerts(["verify", vendor.device, "--dir", vendor.directory, "--policy", choice.policy]);
    expect(shown).toContain(vendor.device);
  });

  needs("openssl")("openssl verify", () => {
    it("accepts the device, and not under another vendor's root", () => {
      expect(opensslVerify(vendor.root, vendor.device)).toMatchObject({
        status: 0,
        stdout: `${vendor.device}: OK\n`,
      });
      expect(opensslVerify(stranger.root, vendor.device).status).not.toBe(0);
    });
  });

  needs("certtool")("certtool --verify", () => {
    it("accepts the device, and not under another vendor's root", () => {
      const { status, stdout } = certtoolVerify(vendor.root, vendor.device);
      expect(stdout).toContain("Chain verification output: Verified.");
      expect(status).toBe(0);
      expect(certtoolVerify(stranger.root, vendor.device).status).not.toBe(0);
    });
  });

  const servers = [
    ["openssl s_server", "openssl", startOpensslServer],
    ["gnutls-serv", "gnutls-serv", startGnutlsServer],
  ] as const;
  for (const [name, program, start] of servers) {
    needs("openssl", program)(name, () => {
      it("takes the device in a mutual TLS handshake, and refuses another vendor's", async () => {
        const server = await start(vendor);
        try {
          expect(await greet(server, vendor)).toBe(expectedAnswer(server));
          await expect(greet(server, stranger)).rejects.toThrow();
        } finally {
          await server.stop();
        }
      });
    });
  }
});

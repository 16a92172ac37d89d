import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { needs } from "../programs.ts";
import { startMosquitto, startNginx } from "./crl-servers.ts";
import { expectedAnswer, greet, startGnutlsServer, startOpensslServer } from "./tls-server.ts";
import { KEY_CHOICES, makeVendor, run, samicerts, type Vendor } from "./vendor.ts";

type Device = Pick<Vendor, "device" | "deviceKey">;

function another(vendor: Vendor, serial: string, ...how: string[]): Device {
  samicerts(["client", serial, "Another", "--dir", vendor.directory, ...how]);
  const base = join(vendor.directory, "devices", serial);
  return { device: `${base}.crt`, deviceKey: `${base}.key` };
}

function publish(vendor: Vendor, revoked: string, ...how: string[]): string {
  samicerts(["revoke", revoked, "--reason", "keyCompromise", "--dir", vendor.directory, "--quiet"]);
  samicerts(["crl", "--dir", vendor.directory, "--quiet", ...how]);
  return join(vendor.directory, "root.crl");
}

function opensslVerify(vendor: Vendor, crl: string, device: Device, ...more: string[]) {
  const strict = ["-crl_check_all", "-x509_strict", "-purpose", "sslclient"];
  return run("openssl", [
    "verify",
    ...strict,
    "-CAfile",
    vendor.root,
    "-CRLfile",
    crl,
    ...more,
    device.device,
  ]);
}

function certtoolVerify(vendor: Vendor, crl: string, device: Device) {
  const trust = ["--load-ca-certificate", vendor.root, "--load-crl", crl];
  return run("certtool", ["--verify", ...trust, "--infile", device.device]);
}

/** One of each kind. */
const KINDS = KEY_CHOICES.filter(({ key }) => ["ec:P-256", "ec:P-384", "rsa:2048", "ed25519"].includes(key));

describe.each(KINDS)("a CRL by $key", (choice) => {
  let vendor: Vendor;
  let revoked: Device;
  let crl: string;
  beforeAll(() => {
    vendor = makeVendor(choice);
    revoked = another(vendor, "100000002", "--policy", choice.policy, "--key", choice.key);
    crl = publish(vendor, "100000002", "--policy", choice.policy);
  });
  afterAll(() => vendor.remove());

  needs("openssl")("openssl", () => {
    it("takes it, and goes by it", () => {
      expect(opensslVerify(vendor, crl, vendor)).toMatchObject({
        status: 0,
        stdout: `${vendor.device}: OK\n`,
      });
      const { status, stderr } = opensslVerify(vendor, crl, revoked);
      expect(status).not.toBe(0);
      expect(stderr).toContain("certificate revoked");
      const shown = run("openssl", [
        "crl",
        "-in",
        `${crl}.der`,
        "-noout",
        "-crlnumber",
        "-CAfile",
        vendor.root,
      ]);
      expect(shown).toMatchObject({ status: 0, stdout: "crlNumber=0x01\n" });
      expect(shown.stderr).toContain("verify OK");
    });
  });

  needs("certtool")("certtool", () => {
    it("takes it, and goes by it", () => {
      expect(certtoolVerify(vendor, crl, vendor)).toMatchObject({ status: 0 });
      const { status, stdout } = certtoolVerify(vendor, crl, revoked);
      expect(status).not.toBe(0);
      expect(stdout).toContain("The certificate chain is revoked.");
    });
  });
});

describe("a CRL of everything that there can be in one", () => {
  let vendor: Vendor;
  let crl: string;
  beforeAll(() => {
    vendor = makeVendor({});
    const policy = {
      name: "mine",
      title: "x",
      extends: ["sami"],
      issue: { root: { crl: { keepExpired: true } } },
    };
    writeFileSync(join(vendor.directory, "policy.json"), JSON.stringify(policy));
    const serials = ["200", "730750818665451459101842416358141509827966271487", "202", "203", "204", "205"];
    for (const serial of serials) another(vendor, serial);
    const list = [
      "serial,reason,at,invalidity_date",
      "200,unspecified,,",
      `${serials[1]},keyCompromise,2026-01-01,1999-12-31`,
      "202,cACompromise,1999-12-31,",
      "203,certificateHold,2026-01-01T00:00:00Z,",
      "204,aACompromise,,2026-01-01",
      "205,privilegeWithdrawn,,",
    ];
    writeFileSync(join(vendor.directory, "list.csv"), `${list.join("\n")}\n`);
    samicerts(["revoke", "--from", join(vendor.directory, "list.csv"), "--dir", vendor.directory]);
    samicerts(["crl", "--dir", vendor.directory, "--quiet"]);
    crl = join(vendor.directory, "root.crl");
  });
  afterAll(() => vendor.remove());

  needs("openssl", "certtool")("is read by OpenSSL and GnuTLS as it was meant", () => {
    it("entry by entry", () => {
      const { stdout } = run("openssl", ["crl", "-in", crl, "-noout", "-text"]);
      expect(stdout.match(/Serial Number: \S+/g)).toEqual([
        "Serial Number: C8",
        "Serial Number: 7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "Serial Number: CA",
        "Serial Number: CB",
        "Serial Number: CC",
        "Serial Number: CD",
      ]);
      expect(
        stdout
          .match(/^ +(Key Compromise|CA Compromise|Certificate Hold|AA Compromise|Privilege Withdrawn)$/gm)
          ?.map((line) => line.trim()),
      ).toEqual([
        "Key Compromise",
        "CA Compromise",
        "Certificate Hold",
        "AA Compromise",
        "Privilege Withdrawn",
      ]);
      expect(stdout.match(/Invalidity Date: *\n *(.*)/g)?.map((line) => line.replace(/.*\n */, ""))).toEqual([
        "Dec 31 00:00:00 1999 GMT",
        "Jan  1 00:00:00 2026 GMT",
      ]);
      expect(stdout).toContain("Revocation Date: Dec 31 00:00:00 1999 GMT");
      const gnutls = run("certtool", ["--crl-info", "--infile", crl]);
      expect(gnutls.status).toBe(0);
      expect(gnutls.stdout).toContain("Revoked certificates (6):");
    });
  });
});

needs("openssl", "certtool")("the CRLs of a line and its root", () => {
  it("are taken together by OpenSSL", () => {
    const vendor = makeVendor({});
    try {
      const dir = ["--dir", vendor.directory];
      samicerts(["intermediate", "line2", "/C=US/ST=California/O=MyOrg/OU=MyDep/CN=Line2", ...dir]);
      for (const serial of ["200000000", "200000001"])
        samicerts(["client", serial, "OfTheLine", "--line", "line2", ...dir]);
      samicerts(["revoke", "200000001", ...dir]);
      samicerts(["crl", "--line", "line2", ...dir]);
      samicerts(["crl", ...dir]);
      const line = join(vendor.directory, "lines/line2");
      const both = join(vendor.directory, "both.crl");
      writeFileSync(
        both,
        readFileSync(join(vendor.directory, "root.crl"), "utf8") +
          readFileSync(join(line, "line.crl"), "utf8"),
      );
      const verify = (serial: string, crl: string) =>
        opensslVerify(
          vendor,
          crl,
          { device: join(line, `devices/${serial}.crt`), deviceKey: "" },
          "-untrusted",
          join(line, "line.crt"),
        );
      expect(verify("200000000", both).status).toBe(0);
      expect(verify("200000001", both).stderr).toContain("certificate revoked");
      expect(verify("200000000", join(vendor.directory, "root.crl")).stderr).toContain(
        "unable to get certificate CRL",
      );
      // The line's own certificate revoked takes all of its devices with it.
      samicerts(["revoke", join(line, "line.crt"), "--reason", "cACompromise", ...dir]);
      samicerts(["crl", ...dir]);
      writeFileSync(
        both,
        readFileSync(join(vendor.directory, "root.crl"), "utf8") +
          readFileSync(join(line, "line.crl"), "utf8"),
      );
      expect(verify("200000000", both).stderr).toContain("certificate revoked");
    } finally {
      vendor.remove();
    }
  });
});

describe("a server with the CRL", () => {
  let vendor: Vendor;
  let revoked: Device;
  let crl: string;
  beforeAll(() => {
    vendor = makeVendor({});
    revoked = another(vendor, "100000002");
    crl = publish(vendor, "100000002");
  });
  afterAll(() => vendor.remove());

  const speaking = [
    [
      "openssl s_server -CRL",
      "openssl",
      startOpensslServer,
      (path: string) => ["-CRL", path, "-crl_check_all"],
    ],
    [
      "gnutls-serv --x509crlfile",
      "gnutls-serv",
      startGnutlsServer,
      (path: string) => ["--x509crlfile", path],
    ],
  ] as const;
  for (const [name, program, start, words] of speaking)
    needs("openssl", program)(name, () => {
      it("refuses the revoked, and takes the other", async () => {
        const server = await start(vendor, words(crl));
        try {
          expect(await greet(server, vendor)).toBe(expectedAnswer(server));
          await expect(greet(server, revoked)).rejects.toThrow();
        } finally {
          await server.stop();
        }
      });
    });

  const serving = [
    ["nginx with ssl_crl", "nginx", startNginx],
    ["mosquitto with crlfile", "mosquitto", startMosquitto],
  ] as const;
  for (const [name, program, start] of serving)
    needs("openssl", program)(name, () => {
      it("refuses the revoked, and takes the other", async () => {
        const server = await start(vendor, crl);
        try {
          expect(await server.admits(vendor)).toBe(true);
          expect(await server.admits(revoked)).toBe(false);
        } finally {
          await server.stop();
        }
      });
    });
});

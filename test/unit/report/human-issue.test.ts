import { describe, expect, it } from "vitest";
import type { Issued } from "../../../src/actions/issued.ts";
import { clientText, rootText, warningLines } from "../../../src/report/human-issue.ts";
import { issuedJson } from "../../../src/report/json-issue.ts";
import { PLAIN } from "../../../src/report/paint.ts";
import { finding, goodDevice } from "./samples.ts";

const DEVICE: Issued = {
  role: "device",
  paths: { certificate: "devices/100000001.crt", key: "devices/100000001.key" },
  keyCreated: true,
  resumed: false,
  policy: "sami",
  certificate: goodDevice().certificate!,
  pem: "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
  findings: [],
};

const ROOT: Issued = {
  ...DEVICE,
  role: "root",
  paths: { certificate: "root.crt", key: "root.key" },
  certificate: {
    ...DEVICE.certificate,
    subject: "CN=MyDevAuthority,O=MyOrg,C=US",
    serial: {
      decimal: "108417165311093297245178443253158163211",
      hex: "0x519043a3d5c2b4f6e1a0c9b8d7e6f50b",
      lastFour: "3211",
    },
  },
};

describe("what was issued, for a person", () => {
  it("tells of a device in a few aligned lines", () => {
    expect(clientText(DEVICE, PLAIN, 80)).toBe(`made a certificate for MyAwesomeDevice
  certificate  devices/100000001.crt
  private key  devices/100000001.key
  serial       100000001 (0x5f5e101)
  last four    0001, the digits that the device's owner is asked for
  valid        2026-11-23 to 2036-11-20 (3,650 days)
`);
  });

  it("tells of a root, of its key's care and of the next command", () => {
    expect(
      rootText(ROOT, "samicerts client 100000001 MyAwesomeDevice", PLAIN, 80),
    ).toBe(`made the root MyDevAuthority
  certificate  root.crt
  private key  root.key
               not encrypted: back it up, and let nobody else read it
  key          ec:P-256, ecdsa-with-SHA256
  valid        2026-11-23 to 2036-11-20 (3,650 days)
  serial       108417165311093297245178443253158163211
               (0x519043a3d5c2b4f6e1a0c9b8d7e6f50b)
  SHA-256      ${"ab".repeat(32)}
  next         samicerts client 100000001 MyAwesomeDevice
`);
  });

  it("says when the key was there before, and when an earlier run was finished", () => {
    expect(rootText({ ...ROOT, keyCreated: false }, "x", PLAIN, 80)).toMatch(
      /^made a new certificate for the root key/,
    );
    expect(clientText({ ...DEVICE, keyCreated: false, resumed: true }, PLAIN, 80)).toMatch(
      /^finished what was cut off: MyAwesomeDevice\n[\s\S]+devices\/100000001.key, the one that was there\n/,
    );
  });

  it("tells warnings, and only those", () => {
    const findings = [finding({ severity: "warning" }), finding({ severity: "info", message: "no" })];
    expect(warningLines(findings, PLAIN)).toEqual([
      "warning: the key usage lacks digitalSignature [key-usage]",
    ]);
  });
});

describe("what was issued, as JSON", () => {
  it("has the documented fields", () => {
    expect(JSON.parse(issuedJson("client", DEVICE))).toEqual({
      schema: "samicerts/client/v1",
      role: "device",
      files: { certificate: "devices/100000001.crt", key: "devices/100000001.key" },
      keyCreated: true,
      keyEncrypted: false,
      resumed: false,
      policy: "sami",
      certificate: DEVICE.certificate,
      findings: [],
      pem: DEVICE.pem,
    });
    expect(JSON.parse(issuedJson("root", ROOT)).schema).toBe("samicerts/root/v1");
  });
});

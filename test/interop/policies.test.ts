import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { needs } from "../programs.ts";
import { certtoolVerify, opensslVerify } from "./other-verifiers.ts";
import { makeVendor, samicerts, type Vendor } from "./vendor.ts";

/** The policies under which a root signs devices that are TLS clients. */
const POLICIES = ["sami", "rfc5280", "aws-iot", "azure-dps", "clearblade", "idevid", "nist-2030"];

/** No root signs a device of matter's (lines.test.ts), and who answers OCSP is no TLS client (ocsp.test.ts). */
const TRIED_ELSEWHERE = ["matter", "ocsp-responder"];

it("every built-in policy is tried, here or elsewhere", () => {
  const { policies } = JSON.parse(samicerts(["policy", "list", "--json"])) as {
    policies: { name: string }[];
  };
  expect(policies.map(({ name }) => name).sort()).toEqual([...POLICIES, ...TRIED_ELSEWHERE].sort());
});

describe.each(POLICIES)("what %s makes", (policy) => {
  let vendor: Vendor;

  beforeAll(() => {
    vendor = makeVendor({ policy, serial: "0x1122334455667788" });
  });
  afterAll(() => vendor.remove());

  it("passes that policy, and rfc5280", () => {
    for (const judge of [policy, "rfc5280"]) {
      const words = [
        "verify",
        vendor.device,
        vendor.root,
        "--root",
        vendor.root,
        "--policy",
        judge,
        "--json",
      ];
      const { summary } = JSON.parse(samicerts(words)) as { summary: Record<string, number> };
      expect(summary).toMatchObject({ total: 2, compliant: 2 });
    }
  });

  needs("openssl", "certtool")("OpenSSL and GnuTLS", () => {
    it("accept it as a TLS client", () => {
      expect(opensslVerify(vendor.root, vendor.device)).toMatchObject({ status: 0 });
      expect(certtoolVerify(vendor.root, vendor.device)).toMatchObject({ status: 0 });
    });
  });
});

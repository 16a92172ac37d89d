import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PathCheck } from "../../../src/x509/crl-checker.ts";
import { revocationFinding } from "../../../src/x509/revocation-finding.ts";
import { formatSerial } from "../../../src/x509/serial.ts";
import { type Identity, makeScene, makeTestVendor, SCENE_MS, type Scene } from "./scene.ts";

const PATH = "/v1.1/cert/devices/registrations";
const DAY_MS = 86_400_000;

describe("a certificate that does not belong", () => {
  let scene: Scene;
  const revoked = new Set<string>();
  const checks = (): readonly PathCheck[] => [
    ([target]) =>
      target !== undefined && revoked.has(formatSerial(target.serial).decimal)
        ? [
            revocationFinding("revocation.revoked", target, {
              message: "it was revoked on 2026-01-05, reason keyCompromise",
              expected: "not on the CRL",
              actual: "on it",
            }),
          ]
        : [],
  ];
  beforeAll(async () => {
    scene = await makeScene({ revocation: { checks, version: () => String(revoked.size) } });
  });
  afterAll(async () => {
    expect(scene.failures).toEqual([]);
    await scene.close();
  });
  const open = (device: Identity | undefined) =>
    scene.ask("POST", PATH, {
      ...(device === undefined ? {} : { as: device }),
      body: { deviceTypeId: scene.type.id, vendorDeviceId: "x" },
    });

  it.each<[string, () => Identity | undefined, RegExp]>([
    ["none at all", () => undefined, /^no certificate was shown/],
    ["another vendor's", () => makeTestVendor("Rival", SCENE_MS).issue(1234), /path\.no-issuer/],
    ["of a root with the same name", () => makeTestVendor("MyOrg", SCENE_MS).issue(1234), /\[path\./],
    ["self-signed", () => scene.vendor.issue(1234, { selfSigned: true }), /path\.untrusted-root/],
    ["expired", () => scene.vendor.issue(1234, { notAfterMs: SCENE_MS - 1000 }), /expired.*path\.expired/],
    ["of tomorrow", () => scene.vendor.issue(1234, { notBeforeMs: SCENE_MS + 1000 }), /path\.not-yet-valid/],
    ["the vendor's root itself", () => scene.vendor, /\[/],
    ["against the policy", () => scene.vendor.issue(7), /serial-octets/],
  ])("is refused with 401 and the reason, which is logged: %s", async (_, make, reason) => {
    const device = make();
    const { status, body } = await open(device);
    expect(status).toBe(401);
    expect(body).toEqual({ error: { code: 401, message: expect.stringMatching(reason) } });
    const [refusal] = scene.platform.refusals.newest(1);
    expect(refusal).toMatchObject({ what: `POST ${PATH}`, status: 401, reason: body.error.message });
    if (device !== undefined) expect(refusal?.serial).toBe(formatSerial(device.certificate.serial).decimal);
  });

  it("is refused where it expires, or is revoked, after the device has registered", async () => {
    const soon = scene.vendor.issue(200000001, { notAfterMs: SCENE_MS + DAY_MS });
    const { did, accessToken: token } = await scene.register(soon);
    const send = (as: Identity, sdid: string, bearer: string) =>
      scene.ask("POST", "/v1.1/message", { as, token: bearer, body: { sdid, data: { a: 1 } } });
    expect((await send(soon, did, token)).status).toBe(200);
    scene.nowMs = SCENE_MS + 2 * DAY_MS;
    expect(await send(soon, did, token)).toMatchObject({ status: 401 });
    scene.nowMs = SCENE_MS;

    const lamp = scene.vendor.issue(200000002);
    const second = await scene.register(lamp);
    expect((await send(lamp, second.did, second.accessToken)).status).toBe(200);
    revoked.add("200000002");
    const refused = await send(lamp, second.did, second.accessToken);
    expect(refused.body.error.message).toMatch(/it was revoked on 2026-01-05, reason keyCompromise/);
    scene.nowMs = SCENE_MS;
  });

  it("is refused where its issuer is not the one that the device type names, and another vendor's type", async () => {
    const { platform, vendor } = scene;
    const rival = makeTestVendor("Rival", SCENE_MS);
    const { id } = platform.vendors.add(rival.certificate);
    const theirs = platform.vendors.addType({ vendor: id, name: "Toaster" });
    const own = platform.vendors.all().find(({ name }) => name.includes("MyOrg"));
    const line = platform.vendors.addType({
      vendor: own?.id ?? "",
      name: "Line",
      issuerDn: "/C=US/O=MyOrg/CN=Line 2",
    });
    for (const type of [theirs, line]) {
      const body = { deviceTypeId: type.id, vendorDeviceId: "x" };
      const { status, body: answer } = await scene.ask("POST", PATH, { as: vendor.issue(300000001), body });
      expect(status).toBe(401);
      expect(answer.error.message).toContain(`not of this device type, whose issuer is ${type.issuerDn}`);
    }
  });

  it("is not what the endpoint without TLS asks for: a secure device is sent away with 403", async () => {
    for (const path of [PATH, "/v1.1/message", "/v1.1/devices"])
      expect(await scene.ask("POST", path, { plain: true, body: {} })).toMatchObject({ status: 403 });
    const { did, accessToken: token } = await scene.register(scene.vendor.issue(400000001));
    const last = `/v1.1/messages/last?sdids=${did}`;
    expect(await scene.ask("GET", last, { plain: true, token })).toMatchObject({ status: 403 });
  });
});

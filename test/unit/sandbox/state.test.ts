import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { generateKey } from "../../../src/keys/generate.ts";
import { openJudge } from "../../../src/open-judge.ts";
import { loadPolicy } from "../../../src/policy/load-policy.ts";
import { openPlatform } from "../../../src/sandbox/platform.ts";
import { serverCertificate } from "../../../src/sandbox/server-certificate.ts";
import { openStore } from "../../../src/sandbox/store.ts";
import { makeScene, SCENE_MS } from "./scene.ts";

const world = {
  clock: { now: () => SCENE_MS },
  random: { bytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)) },
  generateKey,
};
const DAY_MS = 86_400_000;

describe("the state in a file", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "samicerts-sandbox-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("has everything after a restart: vendors, accounts, registrations under way, devices, data, counts", async () => {
    const state = join(directory, "state.db");
    const first = await makeScene({ state });
    const device = first.vendor.issue(100000001);
    const { did, accessToken } = await first.register(device);
    const body = { sdid: did, data: { a: 1 } };
    await first.ask("POST", "/v1.1/message", { as: device, token: accessToken, body });
    const opened = first.platform.refusals.newest(10).length;
    await first.close();

    const platform = openPlatform({ state, judge: openJudge(loadPolicy("sami", () => "")) }, world);
    expect(platform.vendors.all().map(({ name }) => name)).toEqual(["/C=US/O=MyOrg/CN=MyOrg Root"]);
    expect(platform.vendors.types().map(({ id }) => id)).toEqual([first.type.id]);
    expect((await platform.accounts.signIn("alice@localhost", "alice password")).session.user.uid).toBe(
      first.alice.uid,
    );
    expect(platform.tokens.find(accessToken)).toMatchObject({ kind: "device", did });
    expect(platform.devices.ofUser(first.alice.uid)).toMatchObject([{ did, vdid: "id-05f5e101" }]);
    expect(platform.messages.last(first.alice.uid, [did], 5)).toMatchObject([{ data: { a: 1 } }]);
    expect(platform.refusals.newest(10)).toHaveLength(opened);
    const sent = await platform.messages.send(platform.devices.own(first.alice.uid, did), { data: 2 });
    expect(sent.remaining.headers["X-Rate-Limit-Remaining"]).toBe("98/998");
    platform.close();
  });

  it("is refused where it is another program's, or a newer samicerts'", () => {
    const path = join(directory, "other.db");
    const store = openStore(path);
    store.run("PRAGMA application_id = 7");
    store.close();
    expect(() => openStore(path)).toThrow(/database of another program/);
    const newer = openStore(join(directory, "newer.db"));
    newer.run("PRAGMA user_version = 99");
    newer.close();
    expect(() => openStore(join(directory, "newer.db"))).toThrow(/version 99/);
  });

  it("keeps all of what is done together, or nothing", () => {
    const store = openStore(undefined);
    expect(() =>
      store.within(() => {
        store.run("INSERT INTO facts (name, value) VALUES ('a', 'b')");
        throw new Error("half way");
      }),
    ).toThrow("half way");
    expect(store.all("SELECT * FROM facts")).toEqual([]);
    store.close();
  });
});

describe("the server's certificate", () => {
  const policy = loadPolicy("rfc5280", () => "");

  it("is for this machine and the names it was given, of a CA whose key is gone, and stays the same", () => {
    const store = openStore(undefined);
    const made = serverCertificate(store, world, policy, ["localhost", "127.0.0.1", "::1", "laptop.local"]);
    const leaf = new X509Certificate(made.certificate);
    const ca = new X509Certificate(made.ca);
    expect(leaf.subjectAltName).toBe(
      "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:laptop.local",
    );
    expect(leaf.verify(ca.publicKey)).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(ca.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(leaf.checkPrivateKey(createPrivateKey(made.key))).toBe(true);
    expect(JSON.stringify(store.all("SELECT * FROM facts")).match(/BEGIN PRIVATE KEY/g)).toHaveLength(1);
    expect(serverCertificate(store, world, policy, ["localhost"])).toEqual(made);
    expect(serverCertificate(store, world, policy, ["other.local"]).certificate).not.toBe(made.certificate);
    const later = { ...world, clock: { now: () => SCENE_MS + 390 * DAY_MS } };
    expect(serverCertificate(store, later, policy, ["other.local"]).notAfterMs).toBeGreaterThan(
      later.clock.now() + 300 * DAY_MS,
    );
    store.close();
  });

  it("is shown over TLS 1.2 and 1.3, never 1.1, and by no session that is taken up again", async () => {
    const scene = await makeScene();
    const shake = (version: "TLSv1.1" | "TLSv1.2" | "TLSv1.3") =>
      new Promise<string>((resolve) => {
        const socket = connect({
          port: scene.sandbox.apiPort,
          host: "127.0.0.1",
          servername: "localhost",
          ca: scene.sandbox.ca,
          minVersion: version,
          maxVersion: version,
          ciphers: "DEFAULT@SECLEVEL=0",
        });
        socket.once("secureConnect", () => {
          resolve(
            `${socket.getProtocol()} ${socket.authorized} ${socket.getSession() === undefined ? "" : socket.isSessionReused()}`,
          );
          socket.destroy();
        });
        socket.once("error", (error: NodeJS.ErrnoException) => resolve(`refused ${error.code}`));
      });
    scene.nowMs = SCENE_MS;
    expect(await shake("TLSv1.2")).toMatch(/^TLSv1.2/);
    expect(await shake("TLSv1.3")).toMatch(/^TLSv1.3/);
    expect(await shake("TLSv1.1")).toMatch(/^refused/);
    await scene.close();
  });
});

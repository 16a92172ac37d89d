import { createPrivateKey, randomBytes } from "node:crypto";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";
import { approve, sign } from "../../../src/actions/certify.ts";
import { generateKey } from "../../../src/keys/generate.ts";
import { openJudge } from "../../../src/open-judge.ts";
import { prepareDrafter } from "../../../src/policy/draft.ts";
import { loadPolicy } from "../../../src/policy/load-policy.ts";
import type { Revocation } from "../../../src/sandbox/client-check.ts";
import { openPlatform, type Platform } from "../../../src/sandbox/platform.ts";
import type { Allowance } from "../../../src/sandbox/rate-limits.ts";
import { type Limits, type Sandbox, type StartOptions, startSandbox } from "../../../src/sandbox/start.ts";
import type { DeviceType } from "../../../src/sandbox/vendors.ts";
import { signatureAlgorithmFor } from "../../../src/x509/algorithms.ts";
import { type Certificate, decodeCertificate } from "../../../src/x509/certificate.ts";
import { parseName } from "../../../src/x509/name-syntax.ts";
import { writePem } from "../../../src/x509/pem.ts";
import type { Signer } from "../../../src/x509/signer.ts";

const DAY_MS = 86_400_000;
const POLICY = loadPolicy("sami", () => "");
/** Certificates are made as told, so that what is wrong with them is what the test is about. */
const LENIENT = openJudge({ ...POLICY, rules: {} });

/** A certificate with its key, PEM. */
export interface Identity {
  readonly certificate: Certificate;
  readonly cert: string;
  readonly key: string;
}

/** A vendor's root, or a line of it, that issues. */
export interface TestVendor extends Identity {
  issue(
    serial: number,
    options?: { notBeforeMs?: number; notAfterMs?: number; selfSigned?: boolean },
  ): Identity;
  /** A line under it, whose devices show it with their own certificate. */
  issueLine(name: string): TestVendor;
}

/** Makes a vendor's root. */
export function makeTestVendor(name: string, nowMs: number): TestVendor {
  return makeAuthority(name, `${name} Root`, nowMs, []);
}

/** `above` are the authorities over it, the nearest first. */
function makeAuthority(
  vendor: string,
  name: string,
  nowMs: number,
  above: readonly { readonly identity: Identity; readonly signer: Signer }[],
): TestVendor {
  const key = generateKey({ kind: "ec", curve: "P-256" });
  const signer = key.signer();
  const [over] = above;
  const role = over === undefined ? "root" : "intermediate";
  const signatureAlgorithm = signatureAlgorithmFor(key.publicKey, "sha256");
  const issued = over === undefined ? {} : { issuer: over.identity.certificate };
  const draft = prepareDrafter({ policy: POLICY, role, signatureAlgorithm, ...issued })({
    serial: 77n + BigInt(above.length),
    subject: parseName(`/C=US/O=${vendor}/CN=${name}`),
    publicKey: key.publicKey,
    notBeforeMs: nowMs - 100 * DAY_MS,
    notAfterMs: nowMs + 3000 * DAY_MS,
  });
  const issuers = above.map(({ identity }) => identity.certificate);
  const der = sign(approve({ draft, role, issuers, atMs: nowMs }, LENIENT), over?.signer ?? signer);
  const certificate = decodeCertificate(der);
  const own: Identity = {
    certificate,
    cert: writePem("CERTIFICATE", der),
    key: writePem("PRIVATE KEY", key.pkcs8),
  };
  return {
    ...own,
    issueLine: (line) => makeAuthority(vendor, line, nowMs, [{ identity: own, signer }, ...above]),
    issue(serial, options = {}) {
      const device = generateKey({ kind: "ec", curve: "P-256" });
      const selfSigned = options.selfSigned === true;
      const drafted = prepareDrafter({
        policy: POLICY,
        role: "device",
        signatureAlgorithm: signatureAlgorithmFor(device.publicKey, "sha256"),
        ...(selfSigned ? {} : { issuer: certificate }),
      })({
        serial: BigInt(serial),
        subject: parseName(`/C=US/O=${vendor}/CN=Device ${serial}`),
        publicKey: device.publicKey,
        notBeforeMs: options.notBeforeMs ?? nowMs - DAY_MS,
        notAfterMs: options.notAfterMs ?? nowMs + 1000 * DAY_MS,
      });
      const path = selfSigned ? [] : [certificate, ...issuers];
      const approved = approve({ draft: drafted, role: "device", issuers: path, atMs: nowMs }, LENIENT);
      const bytes = sign(approved, selfSigned ? device.signer() : signer);
      return {
        certificate: decodeCertificate(bytes),
        cert: writePem("CERTIFICATE", bytes) + (above.length === 0 ? "" : own.cert),
        key: writePem("PRIVATE KEY", device.pkcs8),
      };
    },
  };
}

/** An answer, its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON it is.
  readonly body: any;
}

/** What is sent. */
export interface Asking {
  readonly as?: Identity;
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** To the endpoint that is not for devices. */
  readonly plain?: true;
  readonly form?: Readonly<Record<string, string>>;
}

/** A sandbox in this process with a vendor, a device type and two users. */
export interface Scene {
  readonly platform: Platform;
  readonly sandbox: Sandbox;
  readonly vendor: TestVendor;
  readonly type: DeviceType;
  /** Users' ids and access tokens. */
  readonly alice: { readonly uid: string; readonly token: string };
  readonly bob: { readonly uid: string; readonly token: string };
  nowMs: number;
  readonly failures: unknown[];
  ask(method: string, path: string, asking?: Asking): Promise<Answer>;
  /** Registers a device to its end; gives its ids and token. */
  register(
    device: Identity,
    name?: string,
    token?: string,
  ): Promise<{ did: string; accessToken: string; uid: string }>;
  close(): Promise<void>;
}

/** How a scene is set. */
export interface SceneOptions {
  readonly revocation?: Revocation;
  readonly allowance?: Allowance;
  readonly limits?: Partial<Limits>;
  readonly state?: string;
  /** The portal's own pages. */
  readonly portal?: StartOptions["portal"];
}

/** 2026-01-05T12:00:00Z. */
export const SCENE_MS: number = Date.UTC(2026, 0, 5, 12);

/** Sets a scene. */
export async function makeScene(options: SceneOptions = {}): Promise<Scene> {
  const { limits, portal, ...rest } = options;
  const clock = { now: () => scene.nowMs };
  const failures: unknown[] = [];
  const scene = { nowMs: SCENE_MS } as Scene;
  const world = { clock, random: { bytes: (count: number) => randomBytes(count) }, generateKey };
  const platform = openPlatform({ judge: openJudge(POLICY), ...rest }, world);
  const sandbox = await startSandbox(platform, {
    portalPort: 0,
    apiPort: 0,
    serverPolicy: loadPolicy("rfc5280", () => ""),
    failed: (error) => void failures.push(error),
    ...(limits === undefined ? {} : { limits }),
    ...(portal === undefined ? {} : { portal }),
  });
  const vendor = makeTestVendor("MyOrg", SCENE_MS);
  const { id } = platform.vendors.add(vendor.certificate);
  const type = platform.vendors.addType({ vendor: id, name: "Lamp" });
  const user = async (name: string) => {
    const { uid } = await platform.accounts.add({
      email: `${name}@localhost`,
      name,
      password: `${name} password`,
    });
    const token = platform.tokens.issueUser({
      uid,
      application: "test",
      scope: ["read", "write"],
      family: name,
      lifetimeMs: 365 * DAY_MS,
    });
    return { uid, token };
  };
  const ask: Scene["ask"] = (method, path, asking = {}) =>
    send(asking.plain === true ? sandbox.portalPort : sandbox.apiPort, method, path, asking);
  const register: Scene["register"] = async (device, name = "Lamp", token = scene.alice.token) => {
    const path = "/v1.1/cert/devices/registrations";
    const serial = Buffer.from(device.certificate.serial).toString("hex");
    const opened = await ask("POST", path, {
      as: device,
      body: { deviceTypeId: type.id, vendorDeviceId: `id-${serial}` },
    });
    const { rid, pin, nonce } = opened.body.data;
    await ask("PUT", "/v1.1/devices/registrations/pin", { token, body: { pin, deviceName: name } });
    return (await ask("PUT", `${path}/${rid}`, { as: device, body: { nonce } })).body.data;
  };
  const close = async (): Promise<void> => {
    await sandbox.close();
    platform.close();
  };
  const made = { platform, sandbox, vendor, type, failures, ask, register, close };
  return Object.assign(scene, made, { alice: await user("alice"), bob: await user("bob") });
}

function send(port: number, method: string, path: string, asking: Asking): Promise<Answer> {
  const { as, token, headers = {} } = asking;
  const text =
    asking.form === undefined
      ? asking.body === undefined
        ? undefined
        : JSON.stringify(asking.body)
      : new URLSearchParams(asking.form).toString();
  const type = asking.form === undefined ? "application/json" : "application/x-www-form-urlencoded";
  const all = {
    ...(text === undefined
      ? {}
      : { "content-type": type, "content-length": String(Buffer.byteLength(text)) }),
    ...(token === undefined ? {} : { authorization: `bearer ${token}` }),
    ...headers,
  };
  const where = { host: "127.0.0.1", port, method, path, headers: all, agent: false } as const;
  return new Promise((resolve, reject) => {
    const outgoing =
      asking.plain === true
        ? httpRequest(where)
        : httpsRequest({
            ...where,
            rejectUnauthorized: false,
            ...(as === undefined ? {} : { cert: as.cert, key: as.key }),
          });
    outgoing.on("error", reject);
    outgoing.on("response", (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () => {
        const raw = Buffer.concat(chunks).toString("utf8");
        const isJson = incoming.headers["content-type"]?.startsWith("application/json") === true;
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: isJson ? JSON.parse(raw) : raw,
        });
      });
    });
    outgoing.end(text);
  });
}

/** Whether a PEM text holds a key that Node can read. */
export function isPrivateKey(pem: string): boolean {
  return createPrivateKey(pem).type === "private";
}

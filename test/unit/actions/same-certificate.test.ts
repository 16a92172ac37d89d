import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRoot } from "../../../src/actions/create-root.ts";
import { issueDevice } from "../../../src/actions/issue-device.ts";
import { generateKey } from "../../../src/keys/generate.ts";
import { openDeps, SYSTEM_RANDOM } from "../../../src/open-deps.ts";
import { openJudge } from "../../../src/open-judge.ts";
import { loadPolicy } from "../../../src/policy/load-policy.ts";
import { parseKeySpec } from "../../../src/x509/algorithms.ts";
import { decodeCertificate } from "../../../src/x509/certificate.ts";
import { parseName } from "../../../src/x509/name-syntax.ts";
import { readPem } from "../../../src/x509/pem.ts";

const PASSPHRASE = Buffer.from("correct horse");
const NOW = Date.UTC(2026, 0, 1);
const judge = openJudge(loadPolicy("sami", () => ""));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "samicerts-same-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("a certificate", () => {
  it.each(["ec:P-256", "rsa:2048"])(
    "is the same whether the root's key of %s is encrypted or not",
    (kind) => {
      const device = generateKey(parseKeySpec("ec:P-256")).publicKey;
      const clock = { now: () => NOW };
      const made = (name: string, encrypted: boolean, root?: { key: string; certificate: string }) => {
        const dir = join(folder, `${kind.replace(":", "-")}-${name}`);
        const passphrases = {
          passphrase: () => PASSPHRASE,
          ...(encrypted ? { newPassphrase: PASSPHRASE } : {}),
        };
        const deps = openDeps({ dir, clock, ...passphrases });
        try {
          if (root === undefined)
            createRoot({ subject: parseName("/C=US/O=MyOrg/CN=R"), judge, key: parseKeySpec(kind) }, deps);
          else {
            deps.workspace.prepare();
            deps.workspace.writeRoot(root);
            openDeps({ dir, newLedger: true }).ledger().close();
          }
          const issued = issueDevice(
            { serial: 1001n, name: "x", judge, foreignKey: { publicKey: device } },
            deps,
          );
          return { dir, der: readPem(Buffer.from(issued.pem), "x")[0]!.der };
        } finally {
          deps.close();
        }
      };
      const plain = made("plain", false);
      const key = readFileSync(join(plain.dir, "root.key"), "utf8");
      expect(key).toContain("BEGIN PRIVATE KEY");
      const certificate = readFileSync(join(plain.dir, "root.crt"), "utf8");
      const deps = openDeps({ dir: plain.dir, newPassphrase: PASSPHRASE, random: SYSTEM_RANDOM });
      const sealed = deps.keyText(readPem(Buffer.from(key), "k")[0]!.der);
      deps.close();
      const encrypted = made("encrypted", true, { key: sealed, certificate });
      expect(readFileSync(join(encrypted.dir, "root.key"), "utf8")).toContain("BEGIN ENCRYPTED PRIVATE KEY");
      const [one, other] = [plain, encrypted].map(({ der }) => decodeCertificate(der));
      expect(Buffer.from(other!.tbs)).toEqual(Buffer.from(one!.tbs));
      // ECDSA signs with a new random number each time; RSA has none.
      const same =
        createHash("sha256").update(plain.der).digest("hex") ===
        createHash("sha256").update(encrypted.der).digest("hex");
      expect(same).toBe(kind.startsWith("rsa"));
    },
  );
});

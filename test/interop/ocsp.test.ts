import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { needs } from "../programs.ts";
import { endAll, type Running, serve } from "../stories/ocsp-serving.ts";
import { freePort, HOST, outputOf, stop } from "./tls-server.ts";
import { makeVendor, run, samicerts, type Vendor } from "./vendor.ts";

/** A root and its responders, one of each kind. */
const KINDS = [
  { key: "ec:P-256", policy: "sami", responder: "ec:P-256" },
  { key: "rsa:2048", policy: "sami", responder: "rsa:2048" },
  { key: "ec:P-384", policy: "sami", responder: "ec:P-384" },
] as const;

let server: Running;
afterAll(endAll);

describe.each(KINDS)("answers of a responder with $responder under a root with $key", (choice) => {
  let vendor: Vendor;
  const device = (serial: string): string => join(vendor.directory, `devices/${serial}.crt`);
  beforeAll(async () => {
    vendor = makeVendor(choice);
    const dir = ["--dir", vendor.directory];
    for (const serial of ["100000002", "100000003"]) samicerts(["client", serial, "Another", ...dir]);
    samicerts(["revoke", "100000002", "--reason", "keyCompromise", "--at", "2026-01-02", ...dir]);
    samicerts(["revoke", "100000003", ...dir]);
    samicerts(["ocsp", "responder", "--key", choice.responder, ...dir]);
    server = await serve(vendor.directory);
  });
  afterAll(async () => {
    await server.end("SIGTERM");
    vendor.remove();
  });

  needs("openssl")("openssl ocsp", () => {
    it.each(["sha1", "sha256"])("takes them over POST, with a nonce, by %s", (hash) => {
      const asked = ["100000001", "100000002", "100000003"].flatMap((serial) => ["-cert", device(serial)]);
      const trust = ["-CAfile", vendor.root, "-url", server.url];
      const words = ["ocsp", "-issuer", vendor.root, `-${hash}`, ...asked, "-serial", "77", ...trust];
      const { status, stdout, stderr } = run("openssl", words);
      expect(stderr).toBe("Response verify OK\n");
      expect(status).toBe(0);
      const said = stdout.replace(/\t(?:This|Next) Update: .*\n/g, "");
      expect(said).toBe(
        `${device("100000001")}: good\n` +
          `${device("100000002")}: revoked\n\tReason: keyCompromise\n\tRevocation Time: Jan  2 00:00:00 2026 GMT\n` +
          `${device("100000003")}: revoked\n\tRevocation Time: ${/Revocation Time: (.*)\n77/.exec(said)?.[1]}\n` +
          "77: unknown\n",
      );
    });

    it("takes them over GET, and what was signed beforehand", async () => {
      const request = join(vendor.directory, "request.der");
      const asking = ["ocsp", "-issuer", vendor.root, "-cert", vendor.device];
      run("openssl", [...asking, "-no_nonce", "-reqout", request]);
      const base64 = run("base64", ["-w0", request]).stdout;
      const response = await fetch(server.url + encodeURIComponent(base64));
      const file = join(vendor.directory, "response.der");
      writeFileSync(file, Buffer.from(await response.arrayBuffer()));
      const check = (path: string) => run("openssl", [...asking, "-respin", path, "-CAfile", vendor.root]);
      expect(check(file).stdout).toContain(": good\n");
      expect(check(file).stderr).toContain("Response verify OK");
      const answers = join(vendor.directory, "answers");
      samicerts(["ocsp", "sign", "100000001", "--dir", vendor.directory, "--out", answers]);
      const signed = check(join(answers, "100000001.der"));
      expect(signed.stdout).toContain(": good\n");
      expect(signed.stderr).toContain("Response verify OK");
    });

    it("says whose certificates they are about, and no other's", () => {
      const stranger = makeVendor({});
      try {
        const words = ["ocsp", "-issuer", stranger.root, "-cert", stranger.device, "-url", server.url];
        const { stdout, stderr } = run("openssl", words);
        expect(stdout + stderr).toContain("Responder Error: unauthorized (6)");
      } finally {
        stranger.remove();
      }
    });
  });

  needs("ocsptool")("ocsptool of GnuTLS", () => {
    it("takes them, with a nonce", () => {
      const how = ["--load-issuer", vendor.root, "--load-trust", vendor.root, "--load-cert"];
      const ask = (serial: string) =>
        run("ocsptool", [`--ask=${server.url}`, "--nonce", ...how, device(serial)]);
      const good = ask("100000001");
      expect(good.stdout + good.stderr).toContain("Certificate Status: good");
      expect(good.status).toBe(0);
      const revoked = ask("100000002");
      expect(revoked.stdout + revoked.stderr).toContain("Certificate Status: revoked");
    });
  });
});

needs("openssl", "nginx")("a TLS server that staples", () => {
  let vendor: Vendor;
  beforeAll(async () => {
    vendor = makeVendor({});
    const dir = ["--dir", vendor.directory];
    samicerts(["ocsp", "responder", ...dir]);
    server = await serve(vendor.directory);
  });
  afterAll(async () => {
    await server.end("SIGTERM");
    vendor.remove();
  });

  /** What a client is told of the server's certificate in the handshake. */
  const status = (port: number): string =>
    run("openssl", ["s_client", "-connect", `${HOST}:${port}`, "-status", "-CAfile", vendor.root]).stdout;

  it("openssl s_server takes our answer from our server", async () => {
    const keys = ["-cert", vendor.device, "-key", vendor.deviceKey, "-CAfile", vendor.root];
    const stapling = ["-status_verbose", "-status_url", server.url, "-status_timeout", "10"];
    const child = spawn("openssl", ["s_server", "-accept", `${HOST}:0`, ...keys, ...stapling], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    try {
      const [, port] = await outputOf(child, /^ACCEPT \S+:(\d+)$/m);
      // Not `run`: the server asks ours in between, and both are waited for.
      const client = spawn(
        "openssl",
        ["s_client", "-connect", `${HOST}:${port}`, "-status", "-CAfile", vendor.root],
        {
          stdio: ["ignore", "pipe", "pipe"],
        },
      );
      const [said] = await outputOf(client, /OCSP Response Status: successful[\s\S]*Cert Status: (\w+)/);
      expect(said).toContain("Cert Status: good");
      await stop(client);
    } finally {
      await stop(child);
    }
  });

  it("nginx takes an answer that was signed beforehand", async () => {
    const { directory } = vendor;
    samicerts(["ocsp", "sign", "100000001", "--dir", directory]);
    const port = await freePort();
    writeFileSync(
      join(directory, "nginx.conf"),
      `daemon off; master_process off; user root; pid ${join(directory, "nginx.pid")}; error_log stderr notice;
      events {}
      http {
        access_log off;
        ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${join(directory, name)};`).join(" ")}
        server {
          listen ${HOST}:${port} ssl;
          ssl_certificate ${vendor.device}; ssl_certificate_key ${vendor.deviceKey};
          ssl_stapling on; ssl_stapling_file ${join(directory, "ocsp-answers/100000001.der")};
        }
      }`,
    );
    const child = spawn("nginx", ["-c", join(directory, "nginx.conf"), "-p", directory, "-e", "stderr"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    try {
      await outputOf(child, /using the "epoll" event method/);
      const told = status(port);
      expect(told).toContain("OCSP Response Status: successful");
      expect(told).toContain("Cert Status: good");
    } finally {
      await stop(child);
    }
  });
});

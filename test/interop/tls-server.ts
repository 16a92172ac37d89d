import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { connect } from "node:tls";
import { run, type Vendor } from "./vendor.ts";

/** Where every server of the tests listens. */
export const HOST = "127.0.0.1";
const GREETING = "hello from the device\n";

/** A TLS server of another make that wants a client certificate from one vendor, and answers lines. */
export interface TlsServer {
  readonly port: number;
  /** What it answers to a line. */
  readonly answer: (line: string) => string;
  stop(): Promise<void>;
}

/** `openssl s_server`, which reverses every line; `more` are further words for it. */
export async function startOpensslServer(vendor: Vendor, more: readonly string[] = []): Promise<TlsServer> {
  const { certificate, key } = makeServerCertificate(vendor);
  const words = [
    "s_server",
    "-accept",
    `${HOST}:0`,
    "-cert",
    certificate,
    "-key",
    key,
    "-CAfile",
    vendor.root,
  ];
  const strict = ["-Verify", "2", "-verify_return_error", "-x509_strict", "-rev"];
  const child = spawn("openssl", [...words, ...strict, ...more], { stdio: ["ignore", "pipe", "pipe"] });
  const [, port] = await outputOf(child, /^ACCEPT \S+:(\d+)$/m);
  const answer = (line: string): string => `${[...line.trimEnd()].reverse().join("")}\n`;
  return { port: Number(port), answer, stop: () => stop(child) };
}

/** `gnutls-serv`, which echoes every line; `more` are further words for it. */
export async function startGnutlsServer(vendor: Vendor, more: readonly string[] = []): Promise<TlsServer> {
  const { certificate, key } = makeServerCertificate(vendor);
  const port = await freePort();
  const words = ["--port", `${port}`, "--echo", "--x509certfile", certificate, "--x509keyfile", key];
  const strict = ["--x509cafile", vendor.root, "--require-client-cert", "--verify-client-cert"];
  const child = spawn("gnutls-serv", [...words, ...strict, ...more], { stdio: ["ignore", "pipe", "pipe"] });
  await outputOf(child, /listening on IPv4 .*done/);
  return { port, answer: (line) => line, stop: () => stop(child) };
}

/**
 * Connects as a vendor's device and exchanges one line; gives the server's answer.
 * Rejects where the server ends the connection instead: with TLS 1.3 it refuses only after the handshake.
 */
export function greet(server: TlsServer, device: Pick<Vendor, "device" | "deviceKey">): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect({
      host: HOST,
      port: server.port,
      cert: readFileSync(device.device),
      key: readFileSync(device.deviceKey),
      // The server's own certificate is not what is tested.
      rejectUnauthorized: false,
    });
    socket.once("secureConnect", () => socket.write(GREETING));
    socket.on("data", (bytes) => {
      answer += bytes.toString("utf8");
      if (!answer.endsWith("\n")) return;
      resolve(answer);
      socket.destroy();
    });
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the server closed the connection")));
  });
}

/** What `greet` must give. */
export function expectedAnswer(server: TlsServer): string {
  return server.answer(GREETING);
}

/** Makes a server's own self-signed certificate, and gives its files. */
export function makeServerCertificate(vendor: Vendor): { certificate: string; key: string } {
  const certificate = join(vendor.directory, "server.pem");
  const key = join(vendor.directory, "server-key.pem");
  const how = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-subj", "/CN=localhost"];
  const { status, stderr } = run("openssl", ["req", "-x509", ...how, "-keyout", key, "-out", certificate]);
  if (status !== 0) throw new Error(`openssl req ended with ${status}: ${stderr}`);
  return { certificate, key };
}

/** Waits until a program has printed what is wanted; rejects with what it printed where it ends before. */
export function outputOf(child: ChildProcess, wanted: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let seen = "";
    const look = (bytes: Buffer): void => {
      seen += bytes.toString("utf8");
      const match = wanted.exec(seen);
      if (match !== null) resolve(match);
    };
    child.stdout?.on("data", look);
    child.stderr?.on("data", look);
    child.once("error", reject);
    child.once("exit", (status) => reject(new Error(`${child.spawnfile} ended with ${status}: ${seen}`)));
  });
}

/** Ends a program at once. */
export function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}

/** A port that nobody listens at. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, HOST, () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address !== null ? resolve(address.port) : reject(),
      );
    });
  });
}

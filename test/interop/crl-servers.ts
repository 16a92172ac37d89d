import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { freePort, HOST, makeServerCertificate, outputOf, stop } from "./tls-server.ts";
import type { Vendor } from "./vendor.ts";

/** A server that looks at a vendor's CRL. */
export interface CrlServer {
  /** Whether it lets this device in. */
  admits(device: Pick<Vendor, "device" | "deviceKey">): Promise<boolean>;
  stop(): Promise<void>;
}

const HTTP_REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
/** CONNECT of MQTT 3.1.1 (OASIS, 3.1): clean session, client id "a". */
const MQTT_CONNECT = Buffer.from("100d00044d515454040200000001" + "61", "hex");
/** CONNACK with return code 0 (3.2). */
const MQTT_ACCEPTED = Buffer.from("20020000", "hex");

/** nginx with `ssl_verify_client on` and `ssl_crl`. */
export async function startNginx(vendor: Vendor, crl: string): Promise<CrlServer> {
  const { certificate, key } = makeServerCertificate(vendor);
  const port = await freePort();
  const { directory } = vendor;
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${join(directory, name)};`)
    .join(" ");
  writeFileSync(
    join(directory, "nginx.conf"),
    `daemon off; master_process off; user root; pid ${join(directory, "nginx.pid")}; error_log stderr notice;
    events {}
    http {
      access_log off; ${paths}
      server {
        listen ${HOST}:${port} ssl;
        ssl_certificate ${certificate}; ssl_certificate_key ${key};
        ssl_client_certificate ${vendor.root}; ssl_verify_client on; ssl_verify_depth 3; ssl_crl ${crl};
        location / { return 200 "welcome"; }
      }
    }`,
  );
  const child = spawn("nginx", ["-c", join(directory, "nginx.conf"), "-p", directory, "-e", "stderr"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  await outputOf(child, /using the "epoll" event method/);
  return {
    admits: async (device) => (await exchange(port, device, HTTP_REQUEST)).includes("HTTP/1.1 200 OK"),
    stop: () => stop(child),
  };
}

/** mosquitto with `require_certificate` and `crlfile`. */
export async function startMosquitto(vendor: Vendor, crl: string): Promise<CrlServer> {
  const { certificate, key } = makeServerCertificate(vendor);
  const port = await freePort();
  const config = join(vendor.directory, "mosquitto.conf");
  writeFileSync(
    config,
    [
      "user root",
      `listener ${port} ${HOST}`,
      `cafile ${vendor.root}`,
      `certfile ${certificate}`,
      `keyfile ${key}`,
      `crlfile ${crl}`,
      "require_certificate true",
      "allow_anonymous true",
      "",
    ].join("\n"),
  );
  const child = spawn("mosquitto", ["-v", "-c", config], { stdio: ["ignore", "pipe", "pipe"] });
  await outputOf(child, /mosquitto version \S+ running/);
  return {
    admits: async (device) =>
      Buffer.from(await exchange(port, device, MQTT_CONNECT, 4), "latin1").equals(MQTT_ACCEPTED),
    stop: () => stop(child),
  };
}

/** Sends something as a device; gives what came back until the server ended it, or until `enough` octets. */
function exchange(
  port: number,
  { device, deviceKey }: Pick<Vendor, "device" | "deviceKey">,
  request: string | Uint8Array,
  enough = Number.POSITIVE_INFINITY,
): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect({
      host: HOST,
      port,
      cert: readFileSync(device),
      key: readFileSync(deviceKey),
      // The server's own certificate is not what is tested.
      rejectUnauthorized: false,
    });
    socket.once("secureConnect", () => socket.write(request));
    socket.on("data", (bytes) => {
      answer += bytes.toString("latin1");
      if (answer.length >= enough) socket.destroy();
    });
    // Refused: the alert comes as an error, and the connection ends.
    socket.on("error", () => undefined);
    socket.once("close", () => resolve(answer));
  });
}

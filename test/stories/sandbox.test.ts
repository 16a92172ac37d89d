import { X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME, told } from "./command.ts";
import { refuse } from "./refuse.ts";
import { endAll, serveSandbox } from "./sandbox-serving.ts";

let place: Place;
let empty: Place;
beforeAll(() => {
  place = makePlace();
  empty = makePlace();
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["intermediate", "line2", "/C=US/O=MyOrg/CN=Line2"]);
});
afterAll(() => {
  endAll();
  place.remove();
  empty.remove();
});

const HEX = "[0-9a-f]{32}";
const PRINT = String.raw`(?:[0-9A-F]{2}:){16}\n {14}(?:[0-9A-F]{2}:){15}[0-9A-F]{2}`;

describe("sandbox in a vendor's directory", () => {
  it("trusts the vendor's root and its lines, and says where it is, whom it trusts and what to do next", async () => {
    const before = place.listing();
    const sandbox = await serveSandbox(place.directory);
    const port = String.raw`\d+`;
    expect(sandbox.stdout()).toMatch(
      new RegExp(
        [
          "^sandbox is running; Ctrl-C ends it",
          `  portal      http://localhost:${port}`,
          `  device API  https://localhost:${port}/v1\\.1`,
          `  its CA      http://localhost:${port}/ca\\.crt \\(or curl -k\\)`,
          "  state       in memory: gone when this ends",
          `  vendor      ${ROOT_NAME}`,
          `              ${PRINT}`,
          "              compliant with sami",
          `  type        dt${HEX}`,
          `              MyDevAuthority, issuer ${ROOT_NAME}`,
          `  type        dt${HEX}`,
          "              Line2, issuer /C=US/O=MyOrg/CN=Line2",
          "  account     demo@localhost, password [A-Za-z0-9_-]{12}",
          `              token ${HEX}`,
          "  account     guest@localhost, password [A-Za-z0-9_-]{12}",
          `              token ${HEX}`,
          `  next        export SAMICERTS_SANDBOX_TOKEN=${HEX},${HEX}`,
          `              samicerts rehearse 100000001 --api https://localhost:${port}\n$`,
        ].join("\n"),
      ),
    );
    // The type's id is the root's fingerprint, and so the same at every start.
    const root = new X509Certificate(readFileSync(place.at("root.crt")));
    expect(sandbox.type).toBe(`dt${root.fingerprint256.replaceAll(":", "").toLowerCase().slice(0, 32)}`);
    expect(await sandbox.end("SIGTERM")).toBe(0);
    expect(sandbox.stderr()).toBe("");
    expect(place.listing()).toEqual(before);
  });

  it("ends with 130 where it is interrupted", async () => {
    const sandbox = await serveSandbox(place.directory);
    expect(await sandbox.end("SIGINT")).toBe(130);
    expect(sandbox.stderr()).toBe("");
  });

  it("tells the same in JSON, and serves the certificate that its CA vouches for", async () => {
    const sandbox = await serveSandbox(place.directory, "--json", "--host", "laptop.local");
    const document = JSON.parse(sandbox.stdout());
    expect(document).toEqual({
      schema: "samicerts/sandbox/v1",
      portal: expect.stringMatching(/^http:\/\/laptop\.local:\d+$/),
      api: expect.stringMatching(/^https:\/\/laptop\.local:\d+\/v1\.1$/),
      ca: `${document.portal}/ca.crt`,
      state: null,
      policy: "sami",
      crls: [],
      vendors: [
        {
          name: ROOT_NAME,
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          compliant: true,
          types: [
            { id: expect.stringMatching(/^dt[0-9a-f]{32}$/), name: "MyDevAuthority", issuerDn: ROOT_NAME },
            {
              id: expect.stringMatching(/^dt[0-9a-f]{32}$/),
              name: "Line2",
              issuerDn: "/C=US/O=MyOrg/CN=Line2",
            },
          ],
        },
      ],
      accounts: ["demo", "guest"].map((name) => ({
        email: `${name}@localhost`,
        password: expect.stringMatching(/^[A-Za-z0-9_-]{12}$/),
        token: expect.stringMatching(/^[0-9a-f]{32}$/),
      })),
    });
    const ca = await (await fetch(new URL(`http://localhost:${new URL(document.ca).port}/ca.crt`))).text();
    const shaken = await new Promise((resolve, reject) => {
      const socket = connect(
        { host: "127.0.0.1", port: sandbox.apiPort, servername: "laptop.local", ca },
        () => {
          resolve(socket.authorized ? "authorized" : socket.authorizationError);
          socket.destroy();
        },
      );
      socket.once("error", reject);
    });
    expect(shaken).toBe("authorized");
    expect(new X509Certificate(ca).subject).not.toContain("MyOrg");
    expect(await sandbox.end("SIGTERM")).toBe(0);
  });

  it("keeps its state where nobody else may read it: the server's key is in it", async () => {
    const sandbox = await serveSandbox(place.directory, "--state", "private.db");
    for (const name of ["private.db", "private.db-wal"])
      expect(statSync(place.at(name)).mode & 0o777).toBe(0o600);
    expect(await sandbox.end("SIGTERM")).toBe(0);
  });
});

describe("sandbox elsewhere", () => {
  it("starts without a vendor and says how to name one, which it then trusts", async () => {
    const bare = await serveSandbox(empty.directory);
    expect(bare.stdout()).not.toContain("vendor");
    expect(bare.stdout()).toMatch(/\n {2}next {8}samicerts sandbox --root root\.crt\n$/);
    await bare.end("SIGTERM");
    const named = await serveSandbox(empty.directory, "--root", place.at("root.crt"));
    expect(named.stdout()).toContain(`vendor      ${ROOT_NAME}\n`);
    await named.end("SIGTERM");
    expect(empty.listing()).toEqual([]);
  });
});

describe("what can't be a sandbox", () => {
  it.each<[string, string[], string, string]>([
    [
      "a port that is none",
      ["--port", "80800"],
      '--port can\'t be "80800"',
      "give a port from 0 to 65535, as in --port 8080",
    ],
    [
      "another",
      ["--api-port", "x"],
      '--api-port can\'t be "x"',
      "give a port from 0 to 65535, as in --api-port 8443",
    ],
    [
      "a host with a port",
      ["--host", "a:1"],
      '--host can\'t be "a:1"',
      "give a name or an address without a port, as in --host laptop.local",
    ],
    ["a flag mistyped", ["--prot", "1"], "samicerts sandbox has no flag --prot", "did you mean --port?"],
    [
      "a command mistyped",
      ["vendro"],
      'there is no command "sandbox vendro"',
      "did you mean samicerts sandbox vendor?",
    ],
  ])("is told in two lines: %s", (_, words, message, hint) => {
    refuse(place, ["sandbox", ...words], 2, message, hint);
  });

  it("is told in two lines: a root that is not there, a state in a directory that is not", () => {
    refuse(place, ["sandbox", "--root", "rot.crt"], 3, /^error: rot\.crt does not exist$/, /^hint: /);
    refuse(
      place,
      ["sandbox", "--state", "no/such.db"],
      3,
      /^error: the directory of no\/such\.db does not exist$/,
      /^hint: /,
    );
  });

  it("is told in two lines: a state that is something else", () => {
    refuse(
      place,
      ["sandbox", "--state", "samicerts.db"],
      3,
      "samicerts.db is a database of another program, not a sandbox's state",
      "name another file with --state",
    );
  });

  it("is told in two lines: a port that another program has", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const { status, stdout, stderr } = place.samicerts([
      "sandbox",
      "--port",
      String(port),
      "--api-port",
      "0",
    ]);
    expect([status, stdout, stderr]).toEqual([
      3,
      "",
      told(
        `could not listen at 127.0.0.1, port ${port}: another program has it`,
        "choose another with --port",
      ),
    ]);
    other.close();
  });
});

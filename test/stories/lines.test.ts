import { chmodSync, copyFileSync, readFileSync, renameSync, rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { issueDevice } from "../../src/index.ts";
import { makePlace, type Place, ROOT_NAME, told } from "./command.ts";
import { LINE, lineFiles, SERIALS } from "./factory-line.ts";

let place: Place;
beforeEach(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
});
afterEach(() => place.remove());

const names = (): string[] => lineFiles(place);

describe("a factory line", () => {
  it("is made, issues its own serials without the root's key, and its devices carry their chain", () => {
    const made = place.samicerts([...LINE, ...SERIALS]);
    expect(made).toMatchObject({ status: 0, stderr: "" });
    expect(made.stdout).toMatch(/^made the line line2: Line2\n {2}certificate {2}lines\/line2\/line\.crt\n/);
    expect(made.stdout).toContain("\n  for devices  serials 200000000 to 299999999\n");
    expect(made.stdout).toMatch(/\n {2}next +samicerts client 200000000 MyAwesomeDevice --line line2\n$/);
    expect(names()).toEqual([
      "lines 755",
      "lines/line2 755",
      "lines/line2/line.crt 644",
      "lines/line2/line.key 600",
    ]);

    // The root's key goes to a safe.
    renameSync(place.at("root.key"), place.at("safe"));
    const next = /next +samicerts (.*)\n/.exec(made.stdout)?.[1] ?? "";
    const client = place.samicerts(next.split(" "));
    expect(client).toMatchObject({ status: 0, stderr: "" });
    expect(client.stdout).toContain("\n  chain        lines/line2/devices/200000000.chain.crt\n");
    expect(names().slice(1)).toEqual([
      "lines/line2 755",
      "lines/line2/devices 755",
      "lines/line2/devices/200000000.chain.crt 644",
      "lines/line2/devices/200000000.crt 644",
      "lines/line2/devices/200000000.key 600",
      "lines/line2/line.crt 644",
      "lines/line2/line.key 600",
    ]);
    const read = (path: string): string => readFileSync(place.at(path), "utf8");
    expect(read("lines/line2/devices/200000000.chain.crt")).toBe(
      read("lines/line2/devices/200000000.crt") + read("lines/line2/line.crt"),
    );

    const verify = place.samicerts(["verify"]);
    expect(verify).toMatchObject({ status: 0, stderr: "" });
    expect(verify.stdout).toMatch(/^3 certificates: 3 compliant; policy sami\n/m);
    expect(place.samicerts(["verify", "lines/line2/devices/200000000.crt"]).status).toBe(0);
    // Somebody else has the chain and the root alone.
    copyFileSync(place.at("lines/line2/devices/200000000.chain.crt"), place.at("chain.crt"));
    renameSync(place.at("lines"), place.at("gone"));
    expect(place.samicerts(["verify", "chain.crt"]).status).toBe(0);
    expect(place.samicerts(["verify", "gone/line2/devices/200000000.crt"]).status).toBe(1);
  });

  it("issues no serial that is not its own, and makes nothing then", () => {
    place.succeed([...LINE, ...SERIALS]);
    const before = names();
    expect(place.samicerts(["client", "300000000", "Device", "--line", "line2"])).toEqual({
      status: 2,
      signal: null,
      stdout: "",
      stderr: told(
        "serial 300000000 (0x11e1a300) is not one of the line line2's, which are 200000000 to 299999999",
        "choose one of this line's serials, or another line with --line",
      ),
    });
    expect(names()).toEqual(before);
    place.succeed(["client", "299999999", "Device", "--line", "line2"]);
    expect(place.samicerts(["client", "299999999", "Device", "--line", "line2"]).status).toBe(4);
  });

  it("is made once, with serials that are no other line's", () => {
    place.succeed([...LINE, ...SERIALS]);
    const before = place.listing();
    expect(place.samicerts(LINE)).toMatchObject({
      status: 4,
      stdout: "",
      stderr: told(
        "there is a line line2 already, /C=US/O=MyOrg/OU=MyDep/CN=Line2",
        "a line is made once; choose another name for a second one, or --force for a new certificate of this one",
      ),
    });
    const other = ["intermediate", "line3", "/C=US/O=MyOrg/CN=Line3"];
    const { status, stderr } = place.samicerts([...other, "--serials", "299999999-300000000"]);
    expect(status).toBe(4);
    expect(stderr).toMatch(
      /^error: the serials 299999999 to 300000000 are in part those of the line line2, /,
    );
    expect(place.listing().filter((line) => !line.startsWith("samicerts.db"))).toEqual(
      before.filter((line) => !line.startsWith("samicerts.db")),
    );
    place.succeed([...other, "--serials", "300000000-0x11e1a300"]);
    place.succeed(["client", "300000000", "Device", "--line", "line3"]);
    expect(place.succeed(["verify"])).toContain("compliant");
  });

  it("is told apart from a slip of the fingers", () => {
    place.succeed(LINE);
    const slips: readonly (readonly [string[], string, string])[] = [
      [
        ["client", "100000001", "x", "--line", "line3"],
        "lines/line3/line.crt does not exist",
        "did you mean line2? samicerts intermediate line3 makes a new line",
      ],
      [
        ["client", "100000001", "x", "--line", "../line2"],
        "\"../line2\" can't be a line's name",
        "use letters, digits, - and _, at most 63, such as line2",
      ],
      [
        ["intermediate", "line 3", "/CN=x"],
        "\"line 3\" can't be a line's name",
        "use letters, digits, - and _, at most 63, such as line2",
      ],
      [
        ["intermediate", "l", "/CN=x", "--serials", "5"],
        '--serials "5" is not a range of serials',
        "write the first and the last one, as in --serials 200000000-299999999",
      ],
      [
        ["intermediate", "l", "/CN=x", "--serials", "9-5"],
        "--serials 9-5 ends before it begins",
        "did you mean --serials 5-9?",
      ],
    ];
    for (const [words, message, hint] of slips)
      expect(place.samicerts(words)).toMatchObject({ stdout: "", stderr: told(message, hint) });
    expect(names().filter((name) => name.includes("line3") || name.includes("/l"))).toEqual(
      names().filter((name) => name.startsWith("lines/line2")),
    );
  });

  it("is allowed by a policy, or not, or needed", () => {
    const clearblade = place.samicerts([...LINE, "--policy", "clearblade"]);
    expect(clearblade.status).toBe(1);
    expect(clearblade.stderr).toContain("expected no intermediate [chain-intermediates]");
    expect(names()).toEqual([]);
    const matter = ["--policy", "matter", "--dir", "matter"];
    const device = ["client", "100000001", "Lamp", "--attribute", "matterPid=8000", ...matter];
    place.succeed(["root", "/CN=Acme PAA/matterVid=FFF1", ...matter]);
    const straight = place.samicerts(device);
    expect(straight.status).toBe(1);
    expect(straight.stderr).toContain("expected 1 intermediate [chain-intermediates]");
    // The VID is the root's, unless another is written.
    place.succeed(["intermediate", "pai", "/CN=Acme PAI", ...matter]);
    place.succeed([...device, "--line", "pai"]);
    const { certificates } = JSON.parse(place.succeed(["verify", "--json", ...matter]));
    expect(
      certificates.map((one: { subject: string; role: string }) => `${one.role} ${one.subject}`),
    ).toEqual([
      "device /matterVid=FFF1/CN=Lamp/matterPid=8000",
      "device /matterVid=FFF1/CN=Lamp/matterPid=8000",
      "intermediate /CN=Acme PAI/matterVid=FFF1",
    ]);
    const other = place.samicerts(["intermediate", "pai2", "/CN=PAI 2/matterVid=FFF2", ...matter]);
    expect(other.stderr).toContain("[matter-vendor-id-matches]");
  });

  it("is nothing that can issue without its own key, its ledger, or a root that knows it", () => {
    place.succeed([...LINE, ...SERIALS]);
    const client = ["client", "200000000", "Device", "--line", "line2"];
    chmodSync(place.at("lines/line2/line.key"), 0o644);
    expect(place.samicerts(client)).toMatchObject({ status: 5 });
    chmodSync(place.at("lines/line2/line.key"), 0o600);
    const elsewhere = place.samicerts([...client, "--ledger", "new.db", "--new-ledger"]);
    expect(elsewhere.status).toBe(3);
    expect(elsewhere.stderr).toMatch(/^error: the ledger does not know the line line2: /);
    place.succeed(["intermediate", "line3", "/C=US/O=MyOrg/CN=Line3"]);
    copyFileSync(place.at("lines/line3/line.key"), place.at("lines/line2/line.key"));
    expect(place.samicerts(client).stderr).toMatch(/^error: lines\/line2\/line\.key is not the key of /);
    renameSync(place.at("root.crt"), place.at("old.crt"));
    rmSync(place.at("root.key"));
    place.succeed(["root", ROOT_NAME]);
    const stranger = place.samicerts(client);
    expect(stranger.status).toBe(1);
    expect(stranger.stderr).toContain("its signature does not verify");
    expect(names().some((name) => name.includes("devices"))).toBe(false);
  });

  it("is in the documents and the ledger", () => {
    const line = JSON.parse(place.succeed([...LINE, ...SERIALS, "--json"]));
    expect(line).toMatchObject({
      schema: "samicerts/intermediate/v1",
      line: "line2",
      serials: { from: "200000000", to: "299999999" },
      role: "intermediate",
      files: { certificate: "lines/line2/line.crt", key: "lines/line2/line.key" },
      keyCreated: true,
      resumed: false,
    });
    const device = JSON.parse(place.succeed(["client", "200000000", "Device", "--line", "line2", "--json"]));
    expect(device.files.chain).toBe("lines/line2/devices/200000000.chain.crt");
    expect(device.certificate.issuer).toBe("/C=US/O=MyOrg/OU=MyDep/CN=Line2");
    const called = issueDevice({ dir: place.directory, serial: 200000001n, name: "Called", line: "line2" });
    expect(called.paths.chain).toBe(place.at("lines/line2/devices/200000001.chain.crt"));
    const { certificates } = JSON.parse(place.succeed(["list", "--json"]));
    expect(
      certificates.map((row: { name: string; issuer: string }) => `${row.name} by ${row.issuer}`),
    ).toEqual([
      ...["MyDevAuthority", "Line2"].map(() => expect.stringContaining("by /C=US/ST=California")),
      "Device by /C=US/O=MyOrg/OU=MyDep/CN=Line2",
      "Called by /C=US/O=MyOrg/OU=MyDep/CN=Line2",
    ]);
    expect(place.succeed(["ledger", "check"])).toContain("agree: 4 certificates");
  });

  it("makes a batch of devices, each with its chain", () => {
    place.succeed([...LINE, ...SERIALS]);
    place.succeed([
      "batch",
      "--line",
      "line2",
      "--count",
      "3",
      "--serial-from",
      "200000007",
      "--name",
      "Lamp {n}",
    ]);
    const read = (path: string): string => readFileSync(place.at("lines/line2", path), "utf8");
    for (const serial of [200000007, 200000008, 200000009])
      expect(read(`devices/${serial}.chain.crt`)).toBe(read(`devices/${serial}.crt`) + read("line.crt"));
    expect(place.succeed(["verify", "lines/line2/devices/200000008.chain.crt"])).toContain("ok");
    expect(place.succeed(["ledger", "check"])).toContain("the ledger and the files agree");
    place.succeed(["verify", "--manifest", "lines/line2/devices.manifest.ndjson"]);
    // Elsewhere too, where only a part of the certificates goes.
    place.succeed([
      "batch",
      "--line",
      "line2",
      "--count",
      "1",
      "--serial-from",
      "200000020",
      "--name",
      "L",
      "--out",
      "x",
    ]);
    expect(readFileSync(place.at("x/200000020.chain.crt"), "utf8")).toContain(read("line.crt"));
  });

  it("has its files checked against the ledger, and mended", () => {
    place.succeed([...LINE, ...SERIALS]);
    place.succeed(["client", "200000000", "Device", "--line", "line2"]);
    const check = (command: string) => {
      const { status, stdout } = place.samicerts(["ledger", command, "--json"]);
      const { discrepancies } = JSON.parse(stdout) as { discrepancies: { rule: string; path: string }[] };
      return { status, found: discrepancies.map(({ rule, path }) => `${rule} ${path}`) };
    };
    const before = place.listing().filter((name) => name.startsWith("lines"));
    rmSync(place.at("lines/line2/line.crt"));
    rmSync(place.at("lines/line2/devices/200000000.crt"));
    rmSync(place.at("lines/line2/devices/200000000.chain.crt"));
    const found = [
      "certificate.missing lines/line2/devices/200000000.crt",
      "chain.missing lines/line2/devices/200000000.chain.crt",
      "certificate.missing lines/line2/line.crt",
    ];
    expect(check("check")).toEqual({ status: 1, found });
    // The chain needs the line's certificate, which is mended after it.
    expect(check("repair").status).toBe(1);
    expect(check("repair").status).toBe(0);
    expect(check("check")).toEqual({ status: 0, found: [] });
    expect(place.listing().filter((name) => name.startsWith("lines"))).toEqual(before);
    copyFileSync(place.at("root.crt"), place.at("lines/line2/line.crt"));
    copyFileSync(place.at("root.crt"), place.at("lines/line2/devices/200000000.chain.crt"));
    expect(check("check").found).toEqual([
      "chain.altered lines/line2/devices/200000000.chain.crt",
      "line.unknown lines/line2/line.crt",
    ]);
  });
});

import { lstatSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME, told } from "./command.ts";

let place: Place;
beforeEach(() => {
  place = makePlace();
});
afterEach(() => place.remove());

const mode = (name: string): string => (lstatSync(place.at(name)).mode & 0o777).toString(8);

describe("samicerts csr", () => {
  it("makes key and request in the current directory, and says what is next", () => {
    const { status, stdout, stderr } = place.samicerts(["csr", "MyAwesomeDevice"]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      /^made a request for MyAwesomeDevice\n {2}request {6}MyAwesomeDevice\.csr\n {2}private key {2}MyAwesomeDevice\.key\n {15}not encrypted: it stays on the device\n/,
    );
    expect([mode("MyAwesomeDevice.key"), mode("MyAwesomeDevice.csr")]).toEqual(["600", "644"]);
    place.succeed(["root", ROOT_NAME]);
    const client = place.succeed(["client", "100000001", "MyAwesomeDevice", "--csr", "MyAwesomeDevice.csr"]);
    expect(client).toContain("\n  private key  the device's own; its request proves that it has it\n");
    place.succeed(["verify", "devices/100000001.crt", "--key", "MyAwesomeDevice.key"]);
  });

  it.each(["ec:P-384", "ec:P-521", "rsa:2048", "ed25519"])("makes a key of kind %s", (key) => {
    const made = JSON.parse(place.succeed(["csr", "x", "--key", key, "--json"]));
    expect(made).toMatchObject({
      schema: "samicerts/csr/v1",
      files: { request: "x.csr", key: "x.key" },
      keyCreated: true,
      subject: "/CN=x",
      key,
    });
    expect(made.pem).toBe(readFileSync(place.at("x.csr"), "utf8"));
  });

  it("takes another place and another name", () => {
    const subject = "/C=US/O=MyOrg/CN=Lamp";
    const made = JSON.parse(
      place.succeed(["csr", "Kitchen lamp/2", "--out", "lamp", "--subject", subject, "--json"]),
    );
    expect(made).toMatchObject({ subject, files: { request: "lamp.csr", key: "lamp.key" } });
  });

  it("never writes a key over, and a request only when told so", () => {
    place.succeed(["csr", "x"]);
    const key = readFileSync(place.at("x.key"), "utf8");
    const request = readFileSync(place.at("x.csr"), "utf8");
    expect(place.samicerts(["csr", "x"])).toMatchObject({
      status: 4,
      stdout: "",
      stderr: told(
        "x.csr exists already; it was not touched",
        "choose another --out, or make it anew for the key that is there with --force",
      ),
    });
    expect(readFileSync(place.at("x.csr"), "utf8")).toBe(request);
    expect(place.succeed(["csr", "x", "--force"])).toContain("the one that was there");
    expect(readFileSync(place.at("x.csr"), "utf8")).not.toBe(request);
    rmSync(place.at("x.csr"));
    place.succeed(["csr", "x"]);
    expect(readFileSync(place.at("x.key"), "utf8")).toBe(key);
    rmSync(place.at("x.csr"));
    expect(place.samicerts(["csr", "x", "--key", "rsa:2048"]).status).toBe(4);
    rmSync(place.at("x.key"));
    writeFileSync(place.at("x.csr"), request);
    expect(place.samicerts(["csr", "x", "--force"]).status).toBe(4);
    rmSync(place.at("x.csr"));
    symlinkSync("elsewhere.key", place.at("x.key"));
    expect(place.samicerts(["csr", "x"]).status).toBe(4);
    expect(place.listing()).toEqual(["x.key 777 -> elsewhere.key"]);
  });

  it("asks for --out where the name is no file's", () => {
    for (const name of ["a/b", "../x", ".hidden", "a:b", "a|b"]) {
      const { status, stderr } = place.samicerts(["csr", name]);
      expect(status, name).toBe(2);
      expect(stderr, name).toContain("--out");
    }
    expect(place.samicerts(["csr", "x".repeat(65), "--out", "x"]).status).toBe(2);
    expect(place.listing()).toEqual([]);
  });
});

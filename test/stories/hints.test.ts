import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { needs } from "../programs.ts";
import { makePlace, type Place, ROOT_NAME, told } from "./command.ts";

let place: Place;
beforeEach(() => {
  place = makePlace();
});
afterEach(() => {
  place.remove();
});

/** What a person does who has read the hint: types what it says after `from`. */
function follow(stderr: string, from: string): void {
  const command = stderr.slice(stderr.indexOf(from)).split("\n")[0] as string;
  const { status, stderr: said } = spawnSync("sh", ["-c", command], {
    cwd: place.directory,
    encoding: "utf8",
  });
  expect({ command, status, said }).toMatchObject({ command, status: 0 });
}

function makeVendor(): void {
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["client", "100000001", "Lamp"]);
}

describe("a hint that is typed as it stands", () => {
  it("makes the directory, whatever it is called", () => {
    const words = ["root", ROOT_NAME, "--dir", "Küche & Bad's/line"];
    const { status, stderr } = place.samicerts(words);
    expect(status).toBe(3);
    follow(stderr, "mkdir -p");
    place.succeed(words);
  });

  it("makes the directory of a batch's archive", () => {
    makeVendor();
    const words = ["batch", "--count", "1", "--serial-from", "300", "--name", "x", "--out", "out put/x.tar"];
    const { status, stderr } = place.samicerts(words);
    expect({ status, stderr }).toEqual({
      status: 3,
      stderr: told("the directory out put does not exist", 'make it first: mkdir -p "out put"'),
    });
    follow(stderr, "mkdir -p");
    place.succeed(words);
  });

  it("renews the certificate that has a row's name", () => {
    makeVendor();
    writeFileSync(place.at("list.csv"), "serial,name\n100000002,Kettle\n100000003,Lamp\n");
    const { status, stderr } = place.samicerts(["batch", "list.csv"]);
    expect(status).toBe(6);
    expect(stderr).toContain("or renew that certificate: samicerts renew 100000001\n");
    place.succeed(["renew", "100000001"]);
  });

  it("makes the directory of the rows that are refused, and names the flag where their file is taken", () => {
    makeVendor();
    writeFileSync(place.at("list.csv"), "serial,name\n100000002,Kettle\nx,y\n");
    const batch = (rejects: string) => place.samicerts(["batch", "list.csv", "--rejects", rejects]);
    expect(batch("list.csv")).toMatchObject({
      status: 4,
      stderr: told(
        "list.csv exists already; it was not touched",
        "name another file with --rejects, or move this one away",
      ),
    });
    const { stderr } = batch("to mend/rejects.csv");
    expect(stderr).toBe(
      told("the directory of to mend/rejects.csv does not exist", 'make it first: mkdir -p "to mend"'),
    );
    follow(stderr, "mkdir -p");
    expect(batch("to mend/rejects.csv").status).toBe(6);
  });

  it("says from which serial on a policy takes them", () => {
    makeVendor();
    const { status, stderr } = place.samicerts(["client", "127", "Short"]);
    expect(status).toBe(1);
    expect(stderr).toContain(
      "hint: issue it with a serial number from 128 on: `samicerts client <serial> <name>`",
    );
    place.succeed(["client", "128", "Long enough"]);
  });

  it("quotes what a shell would read otherwise", () => {
    makeVendor();
    place.succeed(["csr", "a $HOME & b", "--out", "a $HOME & b"]);
    const { stderr } = place.samicerts(["verify", "a $HOME & b.csr"]);
    expect(stderr).toContain("hint: samicerts inspect 'a $HOME & b.csr' shows it\n");
  });

  it("gives the device's file where its serial was given", () => {
    makeVendor();
    for (const command of ["verify", "inspect"])
      expect(place.samicerts([command, "100000001"])).toMatchObject({
        status: 2,
        stderr: told("100000001 does not exist", "did you mean devices/100000001.crt?"),
      });
    expect(place.samicerts(["verify", "100000002"]).stderr).toContain("hint: check the path, or --dir\n");
  });

  it("gives the manifest where the archive was given", () => {
    makeVendor();
    place.succeed(["batch", "--count", "1", "--serial-from", "300", "--name", "x", "--out", "x.tar"]);
    expect(place.samicerts(["verify", "--manifest", "x.tar"]).stderr).toBe(
      told("the manifest is not signed: x.tar.sig does not exist", "did you mean x.tar.manifest.ndjson?"),
    );
  });
});

describe("a file in place of another", () => {
  it("is no reason to hide a certificate, or to look for a backup", () => {
    makeVendor();
    expect(place.samicerts(["key", "info", "root.crt"])).toMatchObject({
      status: 5,
      stderr: told(
        "root.crt holds no private key, only CERTIFICATE",
        "name the file that the private key is in",
      ),
    });
  });

  it("is told of where a key that does not exist is named", () => {
    makeVendor();
    expect(place.samicerts(["verify", "devices/100000001.crt", "--key", "no.key"])).toMatchObject({
      status: 2,
      stdout: "",
      stderr: told("no.key does not exist", "check the path, or --dir"),
    });
  });

  it("is told of where a request is not beside the list", () => {
    makeVendor();
    mkdirSync(place.at("lists"));
    writeFileSync(place.at("lists", "a.csv"), "serial,name,csr\n5,A,a.csr\n6,B,\n");
    const { stderr } = place.samicerts(["batch", "lists/a.csv", "--dry-run"]);
    expect(stderr).toMatch(/^error: lists\/a\.csv:2: \S*\/lists\/a\.csr does not exist$/m);
    expect(stderr).toContain("hint: check the path: it begins in the directory that the list is in\n");
  });

  it("is told of a path that no file can have", () => {
    makeVendor();
    writeFileSync(place.at("a.csv"), "serial,name,csr\n500,A,a\0.csr\n600,B,\n");
    const { stderr } = place.samicerts(["batch", "a.csv", "--dry-run"]);
    expect(stderr).toBe(
      told(
        'a.csv:2: the path "a\\u0000.csr" in the column csr has a NUL in it, which no file\'s has',
        "write the path of the request's file, or the request itself as PEM",
      ),
    );
  });

  it("is given a command that takes a name for a name, whatever it begins with", () => {
    makeVendor();
    const csr = place.succeed(["csr", "--out", "lamp", "--", "-lamp"]);
    const next = /next +samicerts (.*)/.exec(csr)?.[1] ?? "";
    expect(next).toBe("client --csr lamp.csr -- <serial> -lamp");
    place.succeed(next.replace("<serial>", "300").split(" "));
  });

  it.each([
    [
      "xlsx",
      Buffer.from("PK\u0003\u0004\u0014\u00ff\u00fe", "latin1"),
      "this is a ZIP archive, such as .xlsx is one, and no text",
      "save it as CSV in UTF-8",
    ],
    [
      "latin1",
      Buffer.from("serial,name,Länge\n", "latin1"),
      "the record is not UTF-8",
      "save the file as UTF-8",
    ],
    ["utf16", Buffer.from("\ufeffserial,name\n", "utf16le"), "the text is in UTF-16", "save it as UTF-8"],
    [
      "tabs",
      Buffer.from("serial\tname\n5\tA\n"),
      'the column "serial\\tname" is unknown',
      "the values seem to be separated by tabs: use commas",
    ],
    [
      "pem",
      Buffer.from("-----BEGIN CERTIFICATE-----\nAA==\n"),
      'the column "-----BEGIN CERTIFICATE-----" is unknown',
      "this is PEM and no list: the first line names the columns, as in serial,name, and each line after it is a device",
    ],
  ])("is told of once, with its line, where it is no list: %s", (name, bytes, message, hint) => {
    makeVendor();
    writeFileSync(place.at(name), bytes);
    expect(place.samicerts(["batch", name])).toMatchObject({
      status: 2,
      stderr: told(`${name}:1: ${message}`, hint),
    });
  });
});

it("says on stderr that nothing was exported", () => {
  makeVendor();
  expect(place.samicerts(["export", "--format", "aws"]).stderr).toBe("");
  place.succeed(["revoke", "100000001"]);
  expect(place.samicerts(["export", "--format", "aws"])).toEqual({
    status: 0,
    signal: null,
    stdout: "",
    stderr:
      "warning: no device is exported: none that was issued, and not revoked, fits what was asked for\n",
  });
});

needs("openssl")("a PKCS#12 file in place of a key", () => {
  it("is opened as the hint says, beside the root's key", () => {
    makeVendor();
    writeFileSync(place.at("pass"), "secret\n", { mode: 0o600 });
    const p12 = "my lamp.p12";
    place.succeed(["export", "100000001", "--format", "p12", "--out", p12, "--new-passphrase-file", "pass"]);
    copyFileSync(place.at("root.key"), place.at("root.before"));
    const { stdout, stderr } = place.samicerts(["key", "info", p12]);
    expect(stdout).toBe("");
    const line = /openssl pkcs12 .*$/m.exec(stderr)?.[0] ?? "";
    expect(line).toBe('openssl pkcs12 -in "my lamp.p12" -nocerts -noenc -out "my lamp.key"');
    expect(spawnSync("sh", ["-c", `${line} -passin file:pass`], { cwd: place.directory }).status).toBe(0);
    place.succeed(["verify", "devices/100000001.crt", "--key", "my lamp.key"]);
    expect(existsSync(place.at("my lamp.key"))).toBe(true);
  });
});

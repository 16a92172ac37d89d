import { execFileSync, spawnSync } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { expect, it } from "vitest";
import { displayWidth } from "../../src/report/layout.ts";
import { needs } from "../programs.ts";
import { COMMAND, plainEnvironment } from "../stories/command.ts";
import { inspectScene } from "./inspect-scene.ts";

const { inspect, openssl, directory } = inspectScene();

needs("openssl", "script")("inspect on a terminal", () => {
  const HOSTILE = "設備🔑\u202Eexe.txt\u001b[2J\u200b\u0301\u0301\u0301\u0301\u0301\u0301\u00a0 end";

  it.each([40, 80, 100])(
    "of %i columns keeps to them, aligned and coloured, whatever is in a name",
    (columns) => {
      const subject = `/O=${"長い名前".repeat(8)}/OU=${"word ".repeat(10)}/CN=${HOSTILE}`;
      const how = ["-newkey", "ed25519", "-nodes", "-keyout", "h.key", "-utf8"];
      openssl(
        "req",
        "-x509",
        ...how,
        "-subj",
        subject,
        "-addext",
        `1.2.3.4=ASN1:FORMAT:UTF8,UTF8:${HOSTILE}`,
        "-out",
        "h.crt",
      );
      const command = `stty cols ${columns}; exec "${process.execPath}" "${COMMAND}" inspect h.crt`;
      const seen = spawnSync("script", ["-qec", command, "/dev/null"], {
        cwd: directory(),
        encoding: "utf8",
        env: { ...plainEnvironment(), TERM: "xterm-256color" },
      }).stdout;
      const ESC = "\u001b";
      // Its own colours, and no other sequence.
      expect(seen).toContain(`${ESC}[1mcertificate h.crt${ESC}[22m`);
      expect(new Set(seen.match(new RegExp(`${ESC}\\[[0-9;]*.`, "g")))).toEqual(
        new Set(["1m", "22m", "2m", "32m", "31m", "39m"].map((code) => `${ESC}[${code}`)),
      );
      const lines = stripVTControlCharacters(seen).split("\r\n");
      for (const line of lines) {
        expect(displayWidth(line), line).toBeLessThanOrEqual(columns);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Co}]|\p{M}{5}/u);
      }
      const whole = lines.map((line) => line.trim()).join("");
      for (const hidden of ["\\xe2\\x80\\xae", "\\u202e", "\\u200b", "\\xa0", "\\x1b"])
        expect(whole.toLowerCase()).toContain(hidden);
      expect(lines.some((line) => line.includes("🔑"))).toBe(true);
    },
  );

  it("and the picture of a certificate is the text without its colours", () => {
    const plain = inspect("h.crt");
    const forced = execFileSync(process.execPath, [COMMAND, "inspect", "h.crt"], {
      cwd: directory(),
      encoding: "utf8",
      env: { ...plainEnvironment(), FORCE_COLOR: "1" },
    });
    expect(stripVTControlCharacters(forced)).toBe(plain);
  });
});

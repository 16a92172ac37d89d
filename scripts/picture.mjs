// Draws docs/main-job.svg: the README's first commands as a terminal shows them, from what they really print.
// Run by hand when their words change (`node scripts/picture.mjs`); test/stories/picture.test.ts tells when they have.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PICTURE = join(ROOT, "docs/main-job.svg");
const COLUMNS = 80;
const LINE = 19;
const CELL = 8.4;
const MARGIN = 18;

const COMMANDS = [
  ["root", "/C=US/ST=California/O=MyOrg/OU=MyDep/CN=MyDevAuthority"],
  ["client", "100000001", "MyAwesomeDevice"],
  ["verify", "devices/"],
];

const ESCAPE = String.fromCharCode(27);
const SGR_BETWEEN = new RegExp(`(${ESCAPE}\\[[0-9;]*m)`);
const SGR = new RegExp(`^${ESCAPE}\\[([0-9]*)m$`);

// SGR colours as the two common terminal themes soften them.
const COLOURS = new Map([
  [31, "#f28779"],
  [32, "#a6cc70"],
  [33, "#ffcc66"],
  [36, "#5ccfe6"],
  [90, "#707a8c"],
]);

function runCommands() {
  const vendor = mkdtempSync(join(tmpdir(), "samicerts-picture-"));
  try {
    return COMMANDS.flatMap((words) => {
      const printed = execFileSync(process.execPath, [join(ROOT, "bin/samicerts.cjs"), ...words], {
        cwd: vendor,
        encoding: "utf8",
        env: { PATH: process.env.PATH, FORCE_COLOR: "1", COLUMNS: String(COLUMNS) },
      });
      return [
        `\x1b[90m$\x1b[39m \x1b[1msamicerts ${words.join(" ")}\x1b[22m`,
        ...printed.trimEnd().split("\n"),
        "",
      ];
    });
  } finally {
    rmSync(vendor, { recursive: true });
  }
}

const escapeXml = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** One line's spans, each with the style that its escape sequences gave it. */
function drawLine(line, index) {
  let style = { bold: false, colour: undefined };
  let column = 0;
  let spans = "";
  for (const part of line.split(SGR_BETWEEN)) {
    const code = SGR.exec(part);
    if (code !== null) {
      const number = Number(code[1]);
      if (number === 1) style = { ...style, bold: true };
      else if (number === 22) style = { ...style, bold: false };
      else if (number === 39) style = { ...style, colour: undefined };
      else if (number === 0) style = { bold: false, colour: undefined };
      else if (COLOURS.has(number)) style = { ...style, colour: COLOURS.get(number) };
      continue;
    }
    if (part === "") continue;
    const x = (MARGIN + column * CELL).toFixed(1);
    const y = MARGIN + 44 + index * LINE;
    const looks = `${style.bold ? ' font-weight="bold"' : ""}${style.colour === undefined ? "" : ` fill="${style.colour}"`}`;
    spans += `<text x="${x}" y="${y}" textLength="${(part.length * CELL).toFixed(1)}"${looks}>${escapeXml(part)}</text>\n`;
    column += part.length;
  }
  return spans;
}

const lines = runCommands();
while (lines.at(-1) === "") lines.pop();
const width = Math.ceil(MARGIN * 2 + COLUMNS * CELL);
const height = MARGIN * 2 + 34 + lines.length * LINE;
const dots = ["#f28779", "#ffcc66", "#a6cc70"]
  .map((colour, index) => `<circle cx="${MARGIN + 6 + index * 20}" cy="20" r="6" fill="${colour}"/>`)
  .join("");
writeFileSync(
  PICTURE,
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>A terminal: a root is made, a device's certificate is made and verified</title>
<rect width="${width}" height="${height}" rx="10" fill="#1f2430"/>
${dots}
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#cbccc6" xml:space="preserve">
${lines.map(drawLine).join("")}</g>
</svg>
`,
);

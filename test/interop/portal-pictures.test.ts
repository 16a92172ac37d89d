import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { needs } from "../programs.ts";
import { PROJECT } from "../stories/readme.ts";
import { MOST_PICTURE, PICTURE_WIDTH, PICTURES, takePictures } from "./portal/pictures.ts";

/** The size that a PNG says it has (its IHDR chunk); throws where it is none. */
function pngSize(path: string): { readonly width: number; readonly height: number; readonly octets: number } {
  const bytes = readFileSync(path);
  if (bytes.toString("latin1", 1, 4) !== "PNG" || bytes.toString("latin1", 12, 16) !== "IHDR")
    throw new Error(`${path} is no PNG`);
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), octets: bytes.length };
}

needs("chromium")("the portal's pictures", () => {
  it("can be taken again, as those in docs/ were, and are small", async () => {
    const directory = mkdtempSync(join(tmpdir(), "samicerts-pictures-"));
    try {
      await takePictures(directory);
      const page = readFileSync(join(PROJECT, "docs/sandbox.md"), "utf8");
      for (const { name, height } of PICTURES) {
        const shown = pngSize(join(PROJECT, "docs", name));
        // How many octets it has depends on the fonts that are there.
        for (const { width, height: high } of [shown, pngSize(join(directory, name))])
          expect([name, width, high]).toEqual([name, PICTURE_WIDTH, height]);
        expect(shown.octets).toBeLessThan(MOST_PICTURE);
        expect(page).toMatch(new RegExp(`!\\[[^\\]]{20,}\\]\\(${name}\\)`));
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

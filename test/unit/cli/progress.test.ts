import { describe, expect, it } from "vitest";
import { progressText, startProgress } from "../../../src/cli/progress.ts";
import { recordingHost } from "./recording-host.ts";

describe("progress", () => {
  it("tells how many, how fast and how long still", () => {
    expect(progressText(500, 2000, "files", 1000)).toBe("500 of 2,000 files, 500/s, 0:03 left");
    expect(progressText(1000, 100_000, "files", 1000)).toBe("1,000 of 100,000 files, 1,000/s, 1:39 left");
    expect(progressText(0, 0, "files", 0)).toContain("0 of 0 files");
  });

  function told(terminal: boolean, moments: readonly number[], columns = 80, env = {}): string {
    const host = recordingHost(env, terminal, columns);
    let now = 0;
    const progress = startProgress(host.stderr, 10, "files", () => now);
    for (const [done, at] of moments.entries()) {
      now = at;
      progress.report(done);
    }
    progress.end();
    return host.err();
  }

  it("is silent about short runs", () => {
    expect(told(true, [1, 100, 499])).toBe("");
    expect(told(false, [1, 100, 4999])).toBe("");
  });

  it("draws a bar over itself on a terminal and takes it away", () => {
    const text = told(true, [1, 600, 650, 800]);
    expect(text.match(/\r\[/g)).toHaveLength(2);
    expect(text.endsWith("\r\x1b[K")).toBe(true);
    expect(text).toContain("\r[##                      ] 1 of 10 files, 1.7/s, 0:06 left\x1b[K");
    expect(text).not.toContain("\n");
  });

  it("draws no more than a terminal's line takes", () => {
    const bar = told(true, [1, 600], 59);
    expect(bar).toContain("\r[##                      ] 1 of 10 files, 1.7/s, 0:06 left\x1b[K");
    expect(told(true, [1, 600], 40)).toBe("\r1 of 10 files, 1.7/s, 0:06 left\x1b[K\r\x1b[K");
    expect(told(true, [1, 600], 20)).toBe("\r1 of 10 files, 1.7/\x1b[K\r\x1b[K");
  });

  it("writes lines on a terminal that calls itself dumb", () => {
    expect(told(true, [1, 5000], 80, { TERM: "dumb" })).toBe("1 of 10 files, 0.2/s, 0:45 left\n");
  });

  it("writes a line every few seconds elsewhere", () => {
    expect(told(false, [1, 5000, 6000, 10_000])).toBe(
      "1 of 10 files, 0.2/s, 0:45 left\n3 of 10 files, 0.3/s, 0:24 left\n",
    );
  });
});

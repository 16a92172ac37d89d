import { defineConfig } from "vitest/config";

const SECOND_MS = 1000;

/** A folder of tests; `seconds` is what one test may take on a busy two-core machine before it counts as hung. */
function suite(name: string, seconds: number) {
  return {
    extends: true,
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      testTimeout: seconds * SECOND_MS,
      hookTimeout: seconds * SECOND_MS,
    },
  } as const;
}

export default defineConfig({
  test: {
    // Processes, not threads: the database's native part and process-wide settings (umask, signals) are at stake.
    pool: "forks",
    maxWorkers: 2,
    retry: 0,
    projects: [
      suite("unit", 30),
      suite("property", 120),
      suite("stories", 60),
      suite("interop", 120),
      suite("faults", 120),
      suite("fuzz", 120),
    ],
  },
});

import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMAND, makePlace, type Place, plainEnvironment, ROOT_NAME } from "./command.ts";

/** Whether this machine lets us mount a small file system of our own, in a namespace of our own. */
const CAN_MOUNT =
  spawnSync("unshare", ["-Urm", "sh", "-c", "mount -t tmpfs -o size=64k tmpfs /mnt"]).status === 0;

describe.skipIf(!CAN_MOUNT)("a disk that is full (needs unshare, and user namespaces)", () => {
  let place: Place;
  beforeAll(() => {
    place = makePlace();
  });
  afterAll(() => place.remove());

  /** Runs a shell script on a small disk mounted at ./disk; `$samicerts` is the command. */
  function onSmallDisk(script: string): string[] {
    const line = `mkdir -p disk && mount -t tmpfs -o size=1m tmpfs disk && ${script}`;
    const env = { ...plainEnvironment(), NODE: process.execPath, SAMICERTS: COMMAND, ROOT_NAME };
    const words = ["-Urm", "sh", "-c", line];
    const { stdout, stderr } = spawnSync("unshare", words, { cwd: place.directory, env, encoding: "utf8" });
    return [stdout, stderr];
  }

  it("takes no root: two lines, exit code 3, no key and no certificate", () => {
    const [stdout, stderr] = onSmallDisk(
      'cat /dev/zero > disk/filler 2> /dev/null; "$NODE" "$SAMICERTS" root "$ROOT_NAME" --dir disk; echo "ended with $?"; ls disk',
    );
    expect(stdout).toMatch(/^ended with 3\nfiller\n(samicerts\.db\n)?$/);
    expect(stderr).toMatch(/^error: .*no space.*\nhint: .*space.*\n$/);
  });

  it("takes no device, and once there is room the same command works", () => {
    const [stdout, stderr] = onSmallDisk(
      `"$NODE" "$SAMICERTS" root "$ROOT_NAME" --dir disk --quiet && cat /dev/zero > disk/filler 2> /dev/null
       "$NODE" "$SAMICERTS" client 100000001 x --dir disk; echo "ended with $?"
       find disk -name '1*'
       rm disk/filler
       "$NODE" "$SAMICERTS" client 100000001 x --dir disk --quiet; echo "ended with $?"
       "$NODE" "$SAMICERTS" verify --dir disk`,
    );
    expect(stdout).toMatch(
      /^ended with 3\nended with 0\nok {2}disk\/devices\/100000001\.crt {2}x .* key matches\n1 certificate: 1 compliant; policy sami\n$/,
    );
    expect(stderr).toMatch(/^error: .*no space.*\nhint: .*space.*\n$/);
  });
});

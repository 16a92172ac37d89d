import { expect, it } from "vitest";
import { compareGenerated } from "../differential/compare.ts";
import { explained } from "../differential/explained.ts";
import { differing } from "../differential/fields.ts";
import { PEERS, SIDES } from "../differential/tally.ts";
import { needs } from "../programs.ts";

const COUNT = 1000;

needs("openssl", "certtool")("other verifiers and readers of generated certificates", () => {
  // The same ones each time; what a hundred thousand showed is in docs/differential.md.
  it("answer as we do, or differently for a reason that is written down", () => {
    const strange: string[] = [];
    const tallies = compareGenerated(COUNT, 1, 100);
    expect([...tallies.keys()]).toEqual([...PEERS]);
    for (const [peer, { agree, apart, examples }] of tallies) {
      for (const side of SIDES)
        for (const reason of apart[side].keys())
          if (explained(peer, side, reason).length === 0)
            strange.push(`${peer}, ${side}, ${reason}: ${examples.get(`${side}: ${reason}`)}`);
      const times = SIDES.flatMap((side) => [...apart[side].values()]).reduce((sum, one) => sum + one, agree);
      if (peer === "certtool --verify") expect(times).toBeGreaterThan(COUNT / 200);
      else expect(times).toBe(COUNT);
      expect(agree).toBeGreaterThan(times / 2);
    }
    expect(strange).toEqual([]);
    // Both verdicts occur, or there would be nothing to differ about.
    expect(tallies.get("openssl verify")?.apart.theirs.size).toBeGreaterThan(0);
  });

  it("are not explained by one reason of several", () => {
    expect(explained("openssl verify", "theirs", "path.weak-key")).toHaveLength(1);
    expect(explained("openssl verify", "theirs", "path.unsupported-constraint path.weak-key")).toHaveLength(
      2,
    );
    for (const reason of ["path.signature", "path.expired", "path.expired path.weak-key"])
      expect(explained("openssl verify", "theirs", reason)).toEqual([]);
    expect(explained("certtool --verify", "theirs", "path.signature")).toEqual([]);
    expect(explained("Node X509Certificate", "differ", "serial")).toEqual([]);
  });

  it("are held to what they say, where they say it", () => {
    expect(differing({ serial: "1", ca: "true" }, { serial: "1" })).toEqual([]);
    expect(differing({ serial: "1", key: "aa" }, { serial: "2", key: "aa" })).toEqual(["serial"]);
  });
});

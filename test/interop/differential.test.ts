import { expect, it } from "vitest";
import { compare, PEERS } from "../differential/compare.ts";
import { explained } from "../differential/explained.ts";
import { needs } from "../programs.ts";

const CERTIFICATES = 1000;

needs("openssl", "certtool")("other verifiers and readers, of generated certificates", () => {
  it("differ from us for no reason but those that are explained", () => {
    // The same ones each time; what a hundred thousand showed is in docs/differential.md.
    const tallies = compare(CERTIFICATES, 1, 100);
    expect([...tallies.keys()]).toEqual([...PEERS]);
    for (const [peer, { agree, oursOnly, theirsOnly, examples }] of tallies) {
      expect(agree, peer).toBeGreaterThan(0);
      const unexplained = [
        ...[...oursOnly.keys()].filter((reason) => explained(peer, "ours", reason) === undefined),
        ...[...theirsOnly.keys()].filter((reason) => explained(peer, "theirs", reason) === undefined),
      ];
      expect(unexplained, `${peer}: ${JSON.stringify([...examples])}`).toEqual([]);
    }
    // Both verdicts occur, or there would be nothing to differ about.
    const verifier = tallies.get("openssl verify");
    expect(verifier?.theirsOnly.size).toBeGreaterThan(0);
    expect(verifier?.agree).toBeGreaterThan(CERTIFICATES / 2);
  });
});

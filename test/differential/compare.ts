import { decodeCertificate } from "../../src/x509/certificate.ts";
import { createPathBuilder } from "../../src/x509/chain.ts";
import { createRandom } from "../fuzz/random.ts";
import { NOW } from "../unit/x509/mint.ts";
import { ourFields } from "./fields.ts";
import { createGenerator } from "./generate.ts";
import { refusal, rulesOf } from "./ours.ts";
import { certtoolVerify, forgeReads, nodeReads, opensslVerify, peculiarReads } from "./peers.ts";
import { countReadings, countVerdicts, createTallies, type Tallies } from "./tally.ts";

const CHUNK = 2000;

/** Generates `count` certificates and puts every peer's answer beside ours; certtool is asked about one in `everyCerttool`. */
export function compareGenerated(count: number, seed: number, everyCerttool: number): Tallies {
  const generator = createGenerator();
  const random = createRandom(seed);
  const { scenes } = generator;
  const builder = createPathBuilder({
    anchors: scenes.map(({ root }) => root),
    untrusted: scenes.flatMap(({ lines }) => lines),
  });
  const tallies = createTallies();
  for (let done = 0; done < count; done += CHUNK) {
    const made = Array.from({ length: Math.min(CHUNK, count - done) }, () => generator.next(random));
    const lenient = opensslVerify(made, scenes, false);
    const strict = opensslVerify(made, scenes, true);
    for (const [index, one] of made.entries()) {
      const { der } = one;
      const example = `${one.what}; ${one.scene.what}`;
      const read = refusal(() => ourFields(decodeCertificate(der)));
      const path = rulesOf(() => builder.build(decodeCertificate(der), NOW).findings);
      countVerdicts(tallies, "openssl verify", path, lenient[index] as string, example);
      countVerdicts(tallies, "openssl verify -x509_strict", path, strict[index] as string, example);
      countReadings(tallies, "Node X509Certificate", read, nodeReads(der), example);
      countReadings(tallies, "@peculiar/x509", read, peculiarReads(der), example);
      countReadings(tallies, "node-forge", read, forgeReads(der), example);
      // certtool judges by the machine's clock, at which a moment is past.
      if (everyCerttool > 0 && (done + index) % everyCerttool === 0 && !one.what.includes("moment"))
        countVerdicts(
          tallies,
          "certtool --verify",
          path,
          certtoolVerify({ der, untrusted: one.scene.lines, anchors: [one.scene.root] }),
          example,
        );
    }
  }
  return tallies;
}

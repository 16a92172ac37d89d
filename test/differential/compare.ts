import { SamicertsError } from "../../src/base/errors.ts";
import { decodeCertificate } from "../../src/x509/certificate.ts";
import { createPathBuilder, type PathBuilder } from "../../src/x509/chain.ts";
import { createRandom } from "../fuzz/random.ts";
import { NOW } from "../unit/x509/mint.ts";
import { createGenerator, type Made } from "./generate.ts";
import { certtoolVerify, forgeReads, nodeReads, opensslVerify, peculiarReads } from "./peers.ts";

/** Peers by the name they stand under in docs/conformance.md. */
export const PEERS = [
  "openssl verify",
  "openssl verify -x509_strict",
  "certtool --verify",
  "Node X509Certificate",
  "node-forge",
  "@peculiar/x509",
] as const;

/** How one peer and we answered. */
export interface PeerTally {
  agree: number;
  /** We accept or read, it does not: by its reason. */
  readonly oursOnly: Map<string, number>;
  /** It accepts or reads, we do not: by our reason. */
  readonly theirsOnly: Map<string, number>;
  readonly examples: Map<string, string>;
}

const CHUNK = 2000;

/** Generates `count` certificates and puts every peer's answer beside ours; certtool is asked about one in `everyCerttool`. */
export function compare(count: number, seed: number, everyCerttool: number): ReadonlyMap<string, PeerTally> {
  const generator = createGenerator();
  const random = createRandom(seed);
  const { scenes } = generator;
  const builder = createPathBuilder({
    anchors: scenes.map(({ root }) => root),
    untrusted: scenes.flatMap(({ lines }) => lines),
  });
  const tallies = new Map<string, PeerTally>(
    PEERS.map((peer) => [
      peer,
      { agree: 0, oursOnly: new Map(), theirsOnly: new Map(), examples: new Map() },
    ]),
  );
  for (let done = 0; done < count; done += CHUNK) {
    const made = Array.from({ length: Math.min(CHUNK, count - done) }, () => generator.next(random));
    const lenient = opensslVerify(made, scenes, false);
    const strict = opensslVerify(made, scenes, true);
    for (const [index, one] of made.entries()) {
      const { read, path } = ours(one, builder);
      const note = (peer: (typeof PEERS)[number], our: string, their: string): void =>
        record(tallies.get(peer) as PeerTally, our, their, one);
      note("openssl verify", path, lenient[index] as string);
      note("openssl verify -x509_strict", path, strict[index] as string);
      note("Node X509Certificate", read, nodeReads(one.der));
      note("@peculiar/x509", read, peculiarReads(one.der));
      note("node-forge", read, forgeReads(one.der));
      if (everyCerttool > 0 && (done + index) % everyCerttool === 0 && !one.what.includes("moment"))
        note("certtool --verify", path, certtoolVerify(one));
    }
  }
  return tallies;
}

function ours({ der }: Made, builder: PathBuilder): { readonly read: string; readonly path: string } {
  try {
    const certificate = decodeCertificate(der);
    const { findings } = builder.build(certificate, NOW);
    return { read: "", path: [...new Set(findings.map(({ rule }) => rule))].sort().join(" ") };
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    return { read: error.code, path: error.code };
  }
}

function record(tally: PeerTally, our: string, their: string, { what, scene }: Made): void {
  if ((our === "") === (their === "")) {
    tally.agree++;
    return;
  }
  const [side, reason] = our === "" ? ([tally.oursOnly, their] as const) : ([tally.theirsOnly, our] as const);
  side.set(reason, (side.get(reason) ?? 0) + 1);
  const label = `${our === "" ? "ours" : "theirs"}: ${reason}`;
  if (!tally.examples.has(label)) tally.examples.set(label, `${what}; ${scene.what}`);
}

import { describe, expect, it } from "vitest";
import { createPathBuilder } from "../../../src/x509/chain.ts";
import { encodeSequence, encodeSmallInteger } from "../../../src/x509/der-writer.ts";
import { encodeExtension } from "../../../src/x509/extension-encode.ts";
import { EXTENSION_OID } from "../../../src/x509/oids.ts";
import { NOW } from "./mint.ts";
import { DEVICE, device, LINE, line, OTHER_KEY, ROOT, ROOT_KEY, root } from "./path-scene.ts";

const RIVAL = line({ key: OTHER_KEY });
const OF_RIVAL = device({ by: OTHER_KEY });
const rules = (findings: readonly { readonly rule: string }[]): string[] => findings.map(({ rule }) => rule);

describe("certificates beside a target, for it alone", () => {
  const builder = createPathBuilder({ anchors: [ROOT], untrusted: [] });
  const knowing = createPathBuilder({ anchors: [ROOT], untrusted: [LINE] });

  it("make its path, and nobody else's", () => {
    expect(builder.build(DEVICE, NOW, [LINE])).toMatchObject({ path: [DEVICE, LINE, ROOT], findings: [] });
    expect(rules(builder.build(DEVICE, NOW).findings)).toEqual(["path.no-issuer"]);
  });

  it("are asked as well as those that are known, where both have the issuer's name", () => {
    expect(knowing.build(OF_RIVAL, NOW, [RIVAL])).toMatchObject({
      path: [OF_RIVAL, RIVAL, ROOT],
      findings: [],
    });
    expect(knowing.build(DEVICE, NOW, [RIVAL])).toMatchObject({ path: [DEVICE, LINE, ROOT], findings: [] });
  });

  it("don't hide those that are known, whatever they are called", () => {
    expect(knowing.build(DEVICE, NOW, [line({ subject: "Elsewhere", key: OTHER_KEY })]).findings).toEqual([]);
  });

  it("may be there already", () => {
    expect(knowing.build(DEVICE, NOW, [LINE, LINE, ROOT, DEVICE])).toMatchObject({
      path: [DEVICE, LINE, ROOT],
      findings: [],
    });
  });

  it("are no anchors, though they sign themselves", () => {
    const own = root({ key: OTHER_KEY });
    const under = line({ by: OTHER_KEY });
    expect(rules(builder.build(DEVICE, NOW, [under, own]).findings)).not.toEqual([]);
    const other = root({ subject: "Other", key: ROOT_KEY });
    expect(rules(builder.build(device({ issuer: "Other", by: ROOT_KEY }), NOW, [other]).findings)).toEqual([
      "path.untrusted-root",
    ]);
  });

  it("bring their demands on policies with them", () => {
    const asks = encodeExtension(
      EXTENSION_OID.policyConstraints,
      false,
      encodeSequence(encodeSmallInteger(0, 0x80)),
    );
    const asking = line({ extensions: [asks] });
    expect(rules(builder.build(DEVICE, NOW, [asking]).findings)).toEqual(["path.unsupported-constraint"]);
  });
});

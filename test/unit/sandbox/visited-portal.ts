import { afterAll, beforeAll, expect } from "vitest";
import { PORTAL } from "../../../src/sandbox/portal/portal.ts";
import { type Identity, makeScene, type Scene } from "./scene.ts";
import { type Visitor, visit } from "./visitor.ts";

/** A sandbox with its portal, and both of its accounts signed in. */
export interface VisitedPortal {
  readonly scene: Scene;
  readonly alice: Visitor;
  readonly bob: Visitor;
}

/** The devices of the sandbox's vendor, each with a serial of its own. */
export interface DeviceSupply {
  issue(options?: Parameters<Scene["vendor"]["issue"]>[1]): Identity;
  nextSerial(): number;
  /** The serial that was given last. */
  lastSerial(): number;
}

/** For a whole suite: before it `take` is given a visited portal, behind it nothing must have failed in there. */
export function visitedPortal(take: (made: VisitedPortal) => void): DeviceSupply {
  let scene: Scene;
  beforeAll(async () => {
    scene = await makeScene({ portal: PORTAL });
    take({ scene, alice: await visit(scene, "alice"), bob: await visit(scene, "bob") });
  });
  afterAll(async () => {
    expect(scene.failures).toEqual([]);
    await scene.close();
  });
  let serial = 300_000_000;
  const nextSerial = (): number => serial++;
  return {
    issue: (options) => scene.vendor.issue(nextSerial(), options),
    nextSerial,
    lastSerial: () => serial - 1,
  };
}

import type { AnsweredAuthority } from "../../actions/answer-ocsp.ts";
import { chooseResponder, type Responder } from "../../actions/choose-responder.ts";
import {
  type Authority,
  type AuthorityDeps,
  type FoundAuthority,
  findAuthority,
} from "../../actions/find-authority.ts";
import { noResponder } from "../../actions/sign-answers.ts";
import { SamicertsError } from "../../base/errors.ts";
import type { OpenDeps } from "../../open-deps.ts";

/** An authority that is answered for, and what it is called. */
export interface NamedAuthority extends AnsweredAuthority {
  readonly name: string;
  /** Until when its responder lasts, milliseconds since 1970. */
  readonly untilMs: () => number | undefined;
}

/** So often the responders' directory is looked at again. */
const LOOK_MS = 60_000;

/**
 * The vendor's authorities that have a responder: the root, those that were replaced, the lines. A responder that is made
 * while this runs is taken within a minute. Throws `ocsp.no-responder` where there is none at all.
 */
export function openAuthorities(deps: OpenDeps, only: Authority): readonly NamedAuthority[] {
  const one = only.line !== undefined || only.oldRoot !== undefined;
  const wanted: readonly Authority[] = one ? [only] : everyAuthority(deps);
  const found = wanted.flatMap((authority) => {
    const known = one ? findAuthority(deps, authority) : ifUsable(() => findAuthority(deps, authority));
    if (known === undefined) return [];
    const named = nameAuthority(known, authority, deps);
    return named.responder() === undefined ? [] : [named];
  });
  if (found.length === 0) throw noResponder(only);
  return found;
}

function everyAuthority({ workspace }: OpenDeps): readonly Authority[] {
  return [
    {},
    ...workspace.lineNames().map((line) => ({ line })),
    ...workspace.oldRoots().map(({ number: oldRoot }) => ({ oldRoot })),
  ];
}

function nameAuthority(found: FoundAuthority, authority: Authority, deps: AuthorityDeps): NamedAuthority {
  let responder: Responder | undefined;
  let lookMs = Number.NEGATIVE_INFINITY;
  const current = (): Responder | undefined => {
    const nowMs = deps.clock.now();
    const isOver = responder !== undefined && responder.certificate.notAfter.epochMs < nowMs;
    if (nowMs >= lookMs || isOver) {
      responder = chooseResponder(found, deps);
      lookMs = nowMs + LOOK_MS;
    }
    return responder;
  };
  const { line, oldRoot } = authority;
  return {
    id: found.id,
    certificate: found.certificate,
    name: line !== undefined ? `line ${line}` : oldRoot !== undefined ? `old root ${oldRoot}` : "root",
    responder: current,
    untilMs: () => current()?.certificate.notAfter.epochMs,
  };
}

/** Undefined for an authority that has expired, or whose files are not here: others are answered for all the same. */
function ifUsable<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof SamicertsError && (error.kind === "io" || error.kind === "refused"))
      return undefined;
    throw error;
  }
}

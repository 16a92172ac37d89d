import { SamicertsError } from "../base/errors.ts";
import type { IssuerId, Ledger } from "../ledger/ledger.ts";
import { encodeCertId } from "../x509/ocsp-response.ts";
import { serialOctets } from "../x509/serial.ts";
import { formatTime } from "../x509/time.ts";
import { type AnswerOptions, answerAbout, issuerHashes } from "./answer-ocsp.ts";
import { chooseResponder } from "./choose-responder.ts";
import type { Deps } from "./deps.ts";
import { type Authority, findAuthority } from "./find-authority.ts";

/** Answers to be signed before anybody asks. */
export interface SignAnswersInput {
  readonly authority: Authority;
  /** About these, in decimal digits; about all that have not expired where absent. */
  readonly serials?: readonly string[];
  /** The hash that certificates are named by; clients ask with SHA-1 (RFC 5019, 2.1.1). */
  readonly hash: "sha1" | "sha256";
  readonly validityMs: number;
  /** Where a file for each goes. */
  readonly directory: string;
}

/** Answers that were signed; moments are RFC 3339 in UTC. */
export interface SignedAnswers {
  readonly directory: string;
  readonly answers: number;
  readonly revoked: number;
  readonly thisUpdate: string;
  readonly nextUpdate: string;
}

const PAGE_ROWS = 1000;

/**
 * Signs an answer about each certificate, into a file `<serial>.der`, for servers that staple them and for whoever
 * hands them out without a key. Throws as `findAuthority`; `ocsp.no-responder`, `revocation.not-issued` (kind `input`), `io.*`.
 */
export function signAnswers(
  input: SignAnswersInput,
  deps: Deps,
  told: (done: number) => void,
): SignedAnswers {
  const authority = findAuthority(deps, input.authority);
  const responder = chooseResponder(authority, deps);
  if (responder === undefined) throw noResponder(input.authority);
  const ledger = deps.ledger();
  const { hash, validityMs, directory } = input;
  const nowMs = Math.floor(deps.clock.now() / 1000) * 1000;
  const { name, key } = issuerHashes(hash, authority.certificate);
  // All of them are of one moment.
  const options: AnswerOptions = { ledger, clock: { now: () => nowMs }, validityMs };
  const answered = { ...authority, responder: () => responder };
  let answers = 0;
  let revoked = 0;
  for (const serial of input.serials ?? allSerials(ledger, authority.id, nowMs)) {
    const row = ledger.find(authority.id, serial);
    if (row?.certificate === undefined) throw notIssued(serial);
    const id = encodeCertId(hash, name, key, serialOctets(BigInt(serial)));
    const { der } = answerAbout(id, serial, answered, responder, options);
    deps.workspace.writePublicIn(directory, `${serial}.der`, [der]);
    answers++;
    if (row.revocation !== undefined) revoked++;
    told(answers);
  }
  return {
    directory,
    answers,
    revoked,
    thisUpdate: formatTime(nowMs),
    nextUpdate: formatTime(Math.min(nowMs + validityMs, responder.certificate.notAfter.epochMs)),
  };
}

function* allSerials(ledger: Ledger, issuer: IssuerId, nowMs: number): Generator<string> {
  const filter = { issuer, state: "issued", expiresFromMs: nowMs } as const;
  for (let after: string | undefined; ; ) {
    const page = ledger.list(filter, { limit: PAGE_ROWS, ...(after === undefined ? {} : { after }) });
    for (const { serial } of page.rows) yield serial;
    after = page.next;
    if (after === undefined) return;
  }
}

/** The error where nobody can answer in an authority's stead. */
export function noResponder({ line, oldRoot }: Authority): SamicertsError {
  const of = line !== undefined ? ` --line ${line}` : oldRoot !== undefined ? ` --old-root ${oldRoot}` : "";
  return new SamicertsError({
    kind: "key",
    code: "ocsp.no-responder",
    message: "there is no responder's certificate that is valid now",
    hint: `make one, which lasts for 30 days: samicerts ocsp responder${of}`,
  });
}

function notIssued(serial: string): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: "certificate.unknown",
    message: `this authority has issued no certificate of serial ${serial}`,
    hint: "--line and --old-root name another authority; samicerts list shows what each has issued",
  });
}

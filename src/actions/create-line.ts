import { SamicertsError } from "../base/errors.ts";
import { shellQuoted } from "../base/shell-quoted.ts";
import type { LineClaim, LineRow, SerialRange } from "../ledger/factory-line.ts";
import type { IssuerId, Ledger } from "../ledger/ledger.ts";
import { issueDefaults, prepareDrafter } from "../policy/draft.ts";
import { completeSubject } from "../policy/draft-subject.ts";
import { settleValidity, type ValidityRequest } from "../policy/draft-validity.ts";
import type { Judge } from "../policy/evaluate.ts";
import type { PairPlace } from "../workspace/workspace.ts";
import { type KeySpec, parseKeySpec, signatureAlgorithmFor } from "../x509/algorithms.ts";
import type { Name } from "../x509/name.ts";
import { formatName } from "../x509/name-format.ts";
import { approve } from "./certify.ts";
import type { Deps } from "./deps.ts";
import { carryOut, freshKey, type Issuance } from "./issuance.ts";
import { type Issued, issued } from "./issued.ts";
import { openRootIssuer, type VendorIssuer } from "./open-issuer.ts";
import { randomSerial } from "./random-serial.ts";
import { issuerEntry } from "./record.ts";
import { recordingRefusal } from "./refusal.ts";
import { renewLine } from "./renew-line.ts";
import { takeUp } from "./take-up.ts";

/** What a factory line is to be. */
export interface CreateLineInput {
  readonly name: string;
  readonly subject: Name;
  /** The policy, ready to judge. */
  readonly judge: Judge;
  /** The only serials that it may use; any where absent. */
  readonly serials?: SerialRange;
  /** The policy's own default where absent. */
  readonly key?: KeySpec;
  readonly validity?: ValidityRequest;
  /** Makes a line that is there a new certificate, for the key that it has. */
  readonly replaceCertificate?: boolean;
}

/** A line that was made. */
export interface LineIssued extends Issued {
  readonly line: string;
  readonly serials?: SerialRange;
}

/**
 * Makes a factory line's own certificate authority under the vendor's root: its key, its certificate, and its place in
 * the ledger. Where an earlier run for the same line was cut off, its work is taken up.
 * Throws `line.name`, `line.duplicate`, `line.serials-taken`, `line.busy`, `line.unfinished`, `policy.refused` with
 * findings, `exists.file`, `key.*`, `io.*`; then nothing was written.
 */
export function createLine(input: CreateLineInput, deps: Deps): LineIssued {
  const asked = { what: `intermediate ${input.name}`, name: formatName(input.subject) };
  return recordingRefusal(deps, asked, () => create(input, deps));
}

function create(input: CreateLineInput, deps: Deps): LineIssued {
  const { name, judge, serials } = input;
  const place = deps.workspace.line(name).own;
  const root = openRootIssuer(deps, judge);
  const nowMs = deps.clock.now();
  const ledger = deps.ledger();
  const issuer = ledger.addIssuer(issuerEntry(root.certificate, nowMs));
  const defaults = issueDefaults(judge.policy, "intermediate");
  const subject = completeSubject(input.subject, defaults, root.certificate);
  const known = ledger.lines().find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (input.replaceCertificate === true && known?.issuer !== undefined) {
    checkSame(known, subject, serials);
    const directory = deps.workspace.line(known.name);
    const prepare = (serial: bigint, at: PairPlace): Issuance =>
      prepareLine({ ...input, subject }, { root, place: at, serial }, deps, nowMs);
    const { serialOctets } = defaults;
    const made = renewLine({ line: known, directory, issuer, serialOctets, prepare }, deps, nowMs);
    return told(issued(made, "intermediate", judge.policy, directory.own.paths), known);
  }
  const interrupted = findInterrupted(name, formatName(subject), issuer, ledger);
  const issuance = prepareLine(
    { ...input, subject },
    {
      root,
      place,
      serial:
        interrupted === undefined
          ? randomSerial(deps.random, defaults.serialOctets)
          : BigInt(interrupted.serial),
    },
    deps,
    nowMs,
  );
  if (interrupted === undefined) place.checkAbsent();
  const made =
    interrupted === undefined ? carryOut(issuance, deps, nowMs) : takeUp(issuance, interrupted, deps, nowMs);
  return told(issued(made, "intermediate", judge.policy, place.paths), { name, ...rangeOf(serials) });
}

function told(made: Issued, { name, serials }: LineClaim): LineIssued {
  return { ...made, line: name, ...rangeOf(serials) };
}

function rangeOf(serials: SerialRange | undefined): Pick<LineClaim, "serials"> {
  return serials === undefined ? {} : { serials };
}

/** A line's name and serials are what it has issued by: they stay as they are. */
function checkSame(line: LineRow, subject: Name, serials: SerialRange | undefined): void {
  const { name, certificate } = line;
  if (certificate.name !== formatName(subject))
    throw lineError(
      "other-name",
      `the line ${name} is called ${certificate.name}, not ${formatName(subject)}`,
      `--force makes it a new certificate under its own name: samicerts intermediate ${name} ${shellQuoted(certificate.name)} --force`,
    );
  if (serials !== undefined && (serials.from !== line.serials?.from || serials.to !== line.serials?.to))
    throw lineError(
      "other-serials",
      `the serials of the line ${name} can't be changed`,
      "leave --serials out; for other serials make another line",
    );
}

interface LineFrame {
  readonly root: VendorIssuer;
  readonly place: PairPlace;
  readonly serial: bigint;
}

function prepareLine(
  input: CreateLineInput,
  { root, place, serial }: LineFrame,
  deps: Deps,
  nowMs: number,
): Issuance {
  const { name, subject, judge, serials } = input;
  const { policy } = judge;
  const defaults = issueDefaults(policy, "intermediate");
  const signatureAlgorithm = signatureAlgorithmFor(root.certificate.publicKey, defaults.hash);
  const draft = prepareDrafter({
    policy,
    role: "intermediate",
    issuer: root.certificate,
    signatureAlgorithm,
  });
  return {
    role: "intermediate",
    serial,
    name: formatName(subject),
    issuer: { ...root, carried: [] },
    judge,
    place,
    newKey: () => freshKey(deps, input.key ?? parseKeySpec(defaults.key), policy, "intermediate"),
    approve: (publicKey) => {
      const validity = settleValidity(input.validity ?? {}, defaults, root.certificate, nowMs);
      const candidate = draft({ serial, subject, publicKey, ...validity });
      return approve({ draft: candidate, role: "intermediate", issuers: root.chain, atMs: nowMs }, judge);
    },
    link: { factoryLine: { name, ...rangeOf(serials) } },
  };
}

/** What a run for this line left when it was cut off; undefined where none was. Throws where the line can't be made. */
function findInterrupted(name: string, subject: string, issuer: IssuerId, ledger: Ledger) {
  const line = ledger.lines().find((one) => one.name.toLowerCase() === name.toLowerCase());
  const row = line?.certificate;
  if (line === undefined || row === undefined) return undefined;
  if (row.state === "issued")
    throw lineError(
      "duplicate",
      `there is a line ${line.name} already, ${row.name}`,
      "a line is made once; choose another name for a second one, or --force for a new certificate of this one",
    );
  if (!row.abandoned)
    throw lineError(
      "busy",
      `another process is making the line ${line.name}`,
      "wait until that process has ended",
    );
  if (row.name !== subject || row.issuer !== issuer || line.name !== name)
    throw lineError(
      "unfinished",
      `the line ${line.name} was being made for ${row.name} by a run that was cut off`,
      `to finish that one: samicerts intermediate ${line.name} ${shellQuoted(row.name)}`,
    );
  return row;
}

function lineError(code: string, message: string, hint: string): SamicertsError {
  return new SamicertsError({ kind: "exists", code: `line.${code}`, message, hint });
}

import type { InspectedCrl } from "../actions/inspect-crl.ts";
import type { AnswerSummary, InspectedOcspRequest, InspectedOcspResponse } from "../actions/inspect-ocsp.ts";
import { extensionsText } from "./human-inspect.ts";
import { serialText } from "./human-verify.ts";
import {
  block,
  nameLines,
  type Page,
  type Row,
  rowLines,
  type Said,
  signatureSaid,
} from "./inspect-block.ts";
import { count, groupDigits } from "./layout.ts";
import { shortName } from "./subject.ts";
import { lengthText } from "./validity.ts";

/** A CRL in words. */
export function inspectCrlText(crl: InspectedCrl, page: Page): string {
  const { signature } = crl;
  const rows: Row[] = [
    ["issuer", nameLines(crl.issuer, page)],
    ["number", crl.number ?? "none"],
    ["this update", crl.thisUpdate],
    ["next update", crl.nextUpdate ?? "not said"],
    ["state", stateText(crl, page.atMs)],
    ...(crl.scope === undefined ? [] : [["about", crl.scope.lines] as const]),
    ["revokes", crl.entries === 0 ? "nothing" : reasonsText(crl)],
    [
      "signature",
      [
        crl.signatureAlgorithm,
        signature === undefined
          ? { text: "not checked: its issuer's certificate is not at hand", as: "faint" }
          : signatureSaid(signature, `, by ${signature.by}`),
      ],
    ],
    ["version", String(crl.version)],
    ["size", `${count(crl.octets, "octet")} of DER`],
    ["SHA-256", crl.sha256],
  ];
  return (
    block(`CRL ${crl.source}`, rows, page) + entriesText(crl, page) + extensionsText(crl.extensions, page)
  );
}

/** An OCSP response in words. */
export function inspectOcspResponseText(response: InspectedOcspResponse, page: Page): string {
  const title = `OCSP response ${response.source}`;
  const { answers, extensions = [], signature } = response;
  if (answers === undefined)
    return block(
      title,
      [["status", { text: `${response.status}: there is no answer in it`, as: "bad" }]],
      page,
    );
  const rows: Row[] = [
    ["status", response.status],
    ["responder", nameLines(response.responder ?? "", page)],
    ["produced", response.producedAt ?? ""],
    ["nonce", response.nonce ?? "none"],
    [
      "signature",
      [
        response.signatureAlgorithm ?? "",
        signature === undefined
          ? { text: "not checked: the responder's certificate is not in it", as: "faint" }
          : signatureSaid(signature, "", `, by the certificate in it of ${shortName(signature.by)}`),
      ],
    ],
    ["SHA-256", response.sha256],
    ...answers.slice(0, MOST_ANSWERS).flatMap((answer) => answerRows(answer, page.atMs)),
    ...more(answers.length - MOST_ANSWERS, "answer"),
  ];
  return block(title, rows, page) + (extensions.length === 0 ? "" : extensionsText(extensions, page));
}

/** An OCSP request in words. */
export function inspectOcspRequestText({ source, asks, nonce }: InspectedOcspRequest, page: Page): string {
  const rows: Row[] = [
    ...asks.map((id): Row => ["asks about", [serialText(id.serial), issuerText(id)]]),
    ["nonce", nonce ?? "none"],
  ];
  return block(`OCSP request ${source}`, rows, page);
}

const MOST_ANSWERS = 20;

function answerRows(answer: AnswerSummary, atMs: number): readonly Row[] {
  const { status, reason, revoked } = answer;
  const said: Said =
    status === "good"
      ? { text: "good", as: "good" }
      : status === "unknown"
        ? { text: "unknown to the responder", as: "warn" }
        : { text: `revoked on ${revoked}, ${reason === undefined ? "no reason given" : reason}`, as: "bad" };
  return [
    ["certificate", [serialText(answer.serial), said]],
    ["", issuerText(answer)],
    ["", [`${answer.thisUpdate} to ${answer.nextUpdate ?? "not said"}`, stateText(answer, atMs)]],
    ...answer.extensions.map(({ name, lines }): Row => ["", `${name}: ${lines.join("; ")}`]),
  ];
}

function issuerText({ hash, issuerKeyHash }: AnswerSummary | InspectedOcspRequest["asks"][number]): string {
  return `issuer's key ${issuerKeyHash} (${hash.replace("sha", "SHA-")})`;
}

/** How old a statement is, and for how long it is one. */
function stateText(
  { state, thisUpdate, nextUpdate }: Pick<InspectedCrl, "state" | "thisUpdate" | "nextUpdate">,
  atMs: number,
): Said {
  if (state === "not yet valid")
    return { text: `not valid yet, begins in ${lengthText(Date.parse(thisUpdate) - atMs)}`, as: "bad" };
  if (nextUpdate === undefined)
    return { text: "it does not say when the next one comes, so it may be of any age", as: "warn" };
  const left = Date.parse(nextUpdate) - atMs;
  return state === "outdated"
    ? { text: `outdated: the next one was due ${lengthText(-left)} ago`, as: "bad" }
    : { text: `current, for ${lengthText(left)}`, as: "good" };
}

function reasonsText({ entries, reasons }: InspectedCrl): readonly Said[] {
  const list = Object.entries(reasons).map(
    ([reason, amount]) => `${groupDigits(amount)} ${reason === "none" ? "without a reason" : reason}`,
  );
  return [count(entries, "certificate"), list.join(", ")];
}

function entriesText({ first, entries }: InspectedCrl, page: Page): string {
  if (first.length === 0) return "";
  const rows = first.map(
    ({ serial, revoked, reason, invalidFrom }): Row => [
      serial.decimal,
      [
        `${serial.hex}, ${revoked}`,
        ...(reason === undefined && invalidFrom === undefined
          ? []
          : [
              [reason, invalidFrom === undefined ? undefined : `not to be relied on since ${invalidFrom}`]
                .filter((part) => part !== undefined)
                .join("; "),
            ]),
      ],
    ],
  );
  const head =
    entries > first.length ? `  the first ${first.length} of ${groupDigits(entries)}` : "  entries";
  return `${[head, ...rowLines(rows, 4, page)].join("\n")}\n`;
}

function more(left: number, noun: string): readonly Row[] {
  return left > 0 ? [["", `and ${count(left, noun)} more, which --json has`]] : [];
}

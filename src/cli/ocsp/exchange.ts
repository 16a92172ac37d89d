import { createHash } from "node:crypto";
import type { OcspAnswerer, OcspOutcome } from "../../actions/answer-ocsp.ts";
import { MAX_OCSP_REQUEST } from "../../x509/ocsp-request.ts";

/** What came over HTTP. */
export interface HttpQuestion {
  readonly method: string;
  /** The path as it was sent. */
  readonly path: string;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** What goes back. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const REQUEST_TYPE = "application/ocsp-request";
const RESPONSE_TYPE = "application/ocsp-response";

/**
 * Answers one OCSP request over HTTP (RFC 6960, appendix A; RFC 5019, 5 and 6): a POST, or a GET with the request in base64
 * behind `prefix` in its path. Whatever OCSP has an answer for, be it that the request is malformed, is HTTP's 200.
 */
export function answerHttp(
  { method, path, contentType, body }: HttpQuestion,
  prefix: string,
  answer: OcspAnswerer,
): HttpAnswer {
  if (method === "POST") {
    if (!isAt(path, prefix)) return text(404, "not found\n");
    const [type = ""] = contentType.split(";");
    if (type.trim().toLowerCase() !== REQUEST_TYPE) return text(415, `send ${REQUEST_TYPE}\n`);
    return reply(answer(body), false);
  }
  if (method !== "GET")
    return { ...text(405, "send GET or POST\n"), headers: { ...TEXT, Allow: "GET, POST" } };
  if (!path.startsWith(prefix)) return text(404, "not found\n");
  const request = decodePath(path.slice(prefix.length));
  if (request === undefined) return text(400, "an OCSP request in base64 follows this address\n");
  return reply(answer(request), true);
}

/** The body of a request that is too large is not read to its end. */
export function tooLarge(): HttpAnswer {
  return text(413, `a request has at most ${MAX_OCSP_REQUEST} octets\n`);
}

/** The path itself, with or without what ends it. */
function isAt(path: string, prefix: string): boolean {
  return path === prefix || `${path}/` === prefix;
}

/** Base64 with what an address can't hold written as `%2B`; undefined where it is none. */
function decodePath(rest: string): Uint8Array | undefined {
  let base64: string;
  try {
    base64 = decodeURIComponent(rest);
  } catch {
    return undefined;
  }
  // Slashes are a part of it, and some who put them together leave two where the address ended in one.
  const trimmed = base64.replace(/^\/+/, "");
  if (trimmed === "" || !/^[A-Za-z0-9+/]+={0,2}$/.test(trimmed)) return undefined;
  return Buffer.from(trimmed, "base64");
}

function reply({ der, cacheable }: OcspOutcome, isGet: boolean): HttpAnswer {
  const headers: Record<string, string> = { "Content-Type": RESPONSE_TYPE };
  if (cacheable === undefined || !isGet) headers["Cache-Control"] = "no-store";
  else {
    const { fromMs, untilMs } = cacheable;
    const seconds = Math.floor((untilMs - fromMs) / 1000);
    headers["Cache-Control"] = `max-age=${seconds}, public, no-transform, must-revalidate`;
    headers["Last-Modified"] = new Date(fromMs).toUTCString();
    headers["Expires"] = new Date(untilMs).toUTCString();
    headers["ETag"] = `"${createHash("sha256").update(der).digest("hex")}"`;
  }
  return { status: 200, headers, body: der };
}

const TEXT = { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" };

function text(status: number, words: string): HttpAnswer {
  return { status, headers: TEXT, body: Buffer.from(words) };
}

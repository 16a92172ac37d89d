import { describe, expect, it } from "vitest";
import type { OcspAnswerer } from "../../../src/actions/answer-ocsp.ts";
import { answerHttp, type HttpQuestion } from "../../../src/cli/ocsp/exchange.ts";

const FROM = Date.UTC(2026, 0, 1);
const asked: string[] = [];
const cacheable: OcspAnswerer = (request) => {
  asked.push(Buffer.from(request).toString("hex"));
  return { der: Uint8Array.of(0x30, 0), cacheable: { fromMs: FROM, untilMs: FROM + 3_600_000 } };
};
const question = (more: Partial<HttpQuestion>): HttpQuestion => ({
  method: "GET",
  path: "/",
  contentType: "",
  body: new Uint8Array(0),
  ...more,
});
const ask = (more: Partial<HttpQuestion>, prefix = "/", answer = cacheable) => {
  asked.length = 0;
  const { status, headers } = answerHttp(question(more), prefix, answer);
  return { status, headers, asked: asked[0] };
};

describe("OCSP over HTTP", () => {
  it("answers a GET, and lets it be cached until it ends (RFC 5019, 6.2)", () => {
    const { status, headers, asked: request } = ask({ path: "/MAA%3D" });
    expect([status, request]).toEqual([200, "3000"]);
    expect(headers).toMatchObject({
      "Content-Type": "application/ocsp-response",
      "Cache-Control": "max-age=3600, public, no-transform, must-revalidate",
      "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT",
      Expires: "Thu, 01 Jan 2026 01:00:00 GMT",
    });
    expect(headers.ETag).toMatch(/^"[0-9a-f]{64}"$/);
  });

  it("takes base64 as clients put it into addresses", () => {
    const octets = Buffer.from("fbfffeff", "hex");
    const base64 = octets.toString("base64");
    expect(base64).toBe("+//+/w==");
    for (const path of [
      `/${base64}`,
      `/${encodeURIComponent(base64)}`,
      `//${encodeURIComponent(base64)}`,
      `/${base64.replaceAll("=", "")}`,
    ])
      expect(ask({ path })).toMatchObject({ status: 200, asked: "fbfffeff" });
    expect(ask({ path: `/ocsp/${base64}` }, "/ocsp/")).toMatchObject({ status: 200, asked: "fbfffeff" });
  });

  it("answers a POST, and has nobody keep it", () => {
    const body = Uint8Array.of(0x30, 0);
    for (const contentType of ["application/ocsp-request", "Application/OCSP-Request; x=y"])
      expect(ask({ method: "POST", contentType, body })).toMatchObject({
        status: 200,
        asked: "3000",
        headers: { "Cache-Control": "no-store" },
      });
    const there = { method: "POST", contentType: "application/ocsp-request", body };
    expect(ask({ ...there, path: "/ocsp" }, "/ocsp/").status).toBe(200);
    expect(ask({ ...there, path: "/ocsp/" }, "/ocsp/").status).toBe(200);
  });

  it("has nobody keep what may change at once", () => {
    const failing: OcspAnswerer = () => ({ der: Uint8Array.of(0x30, 0), failure: "malformedRequest" });
    expect(ask({ path: "/AAAA" }, "/", failing).headers).toMatchObject({ "Cache-Control": "no-store" });
  });

  it.each<[string, Partial<HttpQuestion>, string, number]>([
    ["no request in the address", { path: "/" }, "/", 400],
    ["something else in it", { path: "/favicon.ico" }, "/", 400],
    ["a broken escape", { path: "/%zz" }, "/", 400],
    ["another address", { path: "/other/AAAA" }, "/ocsp/", 404],
    [
      "a POST to another address",
      { method: "POST", path: "/other", contentType: "application/ocsp-request" },
      "/",
      404,
    ],
    ["another type", { method: "POST", contentType: "application/x-www-form-urlencoded" }, "/", 415],
    ["another method", { method: "PUT" }, "/", 405],
  ])("refuses %s", (_, more, prefix, status) => {
    const refused = ask(more, prefix);
    expect(refused).toMatchObject({ status, headers: { "Cache-Control": "no-store" } });
    expect(refused.asked).toBeUndefined();
  });
});

import { createHash } from "node:crypto";
import type { Hono } from "hono";
import type { Bindings, Call } from "../http/answer.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

/** What pages load: a file that never changes under its name. */
export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly text: string;
  readonly etag: string;
}

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#0b5566"/><g fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="M16 6.5 24 10v6c0 5-3.4 8.3-8 9.8C11.4 24.3 8 21 8 16v-6z"/><path d="m12.4 16 2.6 2.7 4.8-5.2"/></g></svg>`;

/** The portal's stylesheet, script and icon. */
export const ASSETS: Readonly<Record<"style" | "script" | "icon", Asset>> = {
  style: asset("style", "css", "text/css; charset=utf-8", STYLE),
  script: asset("script", "js", "text/javascript; charset=utf-8", SCRIPT),
  icon: asset("icon", "svg", "image/svg+xml", ICON),
};

/** Serves them; who has one already is told so (RFC 9110, 13.1.2). */
export function addAssetRoutes(app: Hono<{ Bindings: Bindings }>): void {
  for (const each of Object.values(ASSETS)) app.get(each.path, (call) => answer(each, call));
}

function answer({ type, text, etag }: Asset, call: Call): Response {
  const headers = {
    "Content-Type": type,
    "Cache-Control": "public, max-age=31536000, immutable",
    ETag: etag,
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
  };
  const known =
    call.req
      .header("if-none-match")
      ?.split(/\s*,\s*/)
      .includes(etag) === true;
  return known ? new Response(null, { status: 304, headers }) : new Response(text, { headers });
}

function asset(name: string, extension: string, type: string, text: string): Asset {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 16);
  return { path: `/assets/${name}-${hash}.${extension}`, type, text, etag: `"${hash}"` };
}

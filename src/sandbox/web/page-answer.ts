const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "Content-Type": "text/html; charset=utf-8",
  "Cache-Control": "no-store",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
};

/**
 * A page: nothing in it comes from elsewhere, nor is it shown within another, and its forms go nowhere else but, where one
 * sends the browser on, to `formTarget`, a URI.
 */
export function pageAnswer(page: string, status = 200, formTarget?: string): Response {
  return new Response(page, {
    status,
    headers: { ...PAGE_HEADERS, "Content-Security-Policy": contentPolicy(formTarget) },
  });
}

function contentPolicy(formTarget: string | undefined): string {
  const target = formTarget === undefined ? "" : ` ${sourceOf(formTarget)}`;
  return (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    `form-action 'self'${target}; base-uri 'none'; frame-ancestors 'none'`
  );
}

/** A URI as a policy names where it leads: an origin; where that has no form there (an IPv6 address, an app), its scheme. */
function sourceOf(uri: string): string {
  const { protocol, origin, hostname } = new URL(uri);
  return origin === "null" || hostname.startsWith("[") ? protocol : origin;
}

/** Sends the browser on, with a cookie where there is one to set. */
export function redirect(to: string, cookie?: string): Response {
  const headers = new Headers({
    Location: to,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
  });
  if (cookie !== undefined) headers.append("Set-Cookie", cookie);
  return new Response(null, { status: 303, headers });
}

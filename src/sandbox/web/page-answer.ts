const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "Content-Type": "text/html; charset=utf-8",
  "Cache-Control": "no-store",
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; frame-ancestors 'none'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
};

/** A page: nothing in it comes from elsewhere, nor is it shown within another. */
export function pageAnswer(page: string, status = 200): Response {
  return new Response(page, { status, headers: PAGE_HEADERS });
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

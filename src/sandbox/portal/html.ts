import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";

/** A piece of a page; its text is escaped where it was put together. */
export type Html = JSX.Element;

/** What stands within a piece of a page. */
export type Content = Child;

/** An empty piece. */
export const NOTHING: Html = raw("");

/** A piece of a page as the text that is sent. */
export async function htmlText(html: Html): Promise<string> {
  return String(await html);
}

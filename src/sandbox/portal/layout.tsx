import type { Session } from "../accounts.ts";
import { ASSETS } from "./assets.ts";
import { type Content, type Html, htmlText } from "./html.ts";

/** What every page is made of. */
export interface PageParts {
  /** Its one heading, and the first part of its title. */
  readonly title: string;
  /** Who has signed in. */
  readonly session?: Session | undefined;
  /** The entry of the menu that it belongs to. */
  readonly menu?: string;
  /** Where what is shown on it is told of as it changes. */
  readonly events?: string;
  /** Whether what was sent was not taken. */
  readonly failed?: boolean;
  /** Stands before the heading, and beside it. */
  readonly above?: Content;
  readonly beside?: Content;
  /** Narrow, for a page that is one form. */
  readonly narrow?: boolean;
}

const MENU = [
  ["/devices", "Devices"],
  ["/register", "Register"],
  ["/vendors", "Vendors"],
  ["/refusals", "Refusals"],
] as const;

/** A whole page, as it is sent. */
export async function pageText(parts: PageParts, body: Content): Promise<string> {
  return `<!doctype html>${await htmlText(<Page {...parts}>{body}</Page>)}`;
}

function Page(parts: PageParts & { children?: Content }): Html {
  const { title, session, menu, events, failed = false, above, beside, narrow = false, children } = parts;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${failed ? "Error: " : ""}${title} · samicerts sandbox`}</title>
        <link rel="icon" href={ASSETS.icon.path} type="image/svg+xml" />
        <link rel="stylesheet" href={ASSETS.style.path} />
        <script src={ASSETS.script.path} defer />
      </head>
      <body data-events={events}>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <header class="bar">
          <a class="brand" href="/">
            <Mark />
            <span>
              samicerts <span class="brand-light">sandbox</span>
            </span>
          </a>
          {session === undefined ? "" : <Menu session={session} current={menu} />}
        </header>
        <main id="main" tabindex={-1} class={narrow ? "narrow" : ""}>
          {above}
          <div class="head">
            <h1>
              <bdi>{title}</bdi>
            </h1>
            {beside}
          </div>
          {children}
        </main>
        <footer class="foot">
          <p>A local platform to rehearse secure device registration against. All times are UTC.</p>
        </footer>
      </body>
    </html>
  );
}

function Menu({ session, current }: { session: Session; current: string | undefined }): Html {
  return (
    <>
      <nav class="menu" aria-label="Portal">
        <ul>
          {MENU.map(([href, name]) => (
            <li>
              <a href={href} aria-current={href === current ? "page" : undefined}>
                {name}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <form class="who" method="post" action="/signout">
        <input type="hidden" name="csrf" value={session.csrf} />
        <bdi class="who-name" title={session.user.email}>
          {session.user.name}
        </bdi>
        <button type="submit" class="button button-quiet">
          Sign out
        </button>
      </form>
    </>
  );
}

function Mark(): Html {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect class="mark-field" width="32" height="32" rx="8" />
      <path class="mark-line" d="M16 6.5 24 10v6c0 5-3.4 8.3-8 9.8C11.4 24.3 8 21 8 16v-6z" />
      <path class="mark-line" d="m12.4 16 2.6 2.7 4.8-5.2" />
    </svg>
  );
}

import { type Html, NOTHING } from "./html.ts";

/** Leads from page to page, where there is more than one. */
export function Pager({
  page,
  pages,
  href,
  label,
}: {
  page: number;
  pages: number;
  href: (page: number) => string;
  label: string;
}): Html {
  if (pages < 2) return NOTHING;
  return (
    <nav class="pager" aria-label={label}>
      {page > 1 ? (
        <a rel="prev" href={href(page - 1)}>
          Back
        </a>
      ) : (
        ""
      )}
      <span>
        Page {page} of {pages}
      </span>
      {page < pages ? (
        <a rel="next" href={href(page + 1)}>
          On
        </a>
      ) : (
        ""
      )}
    </nav>
  );
}

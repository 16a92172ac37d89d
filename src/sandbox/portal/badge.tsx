import type { CertificateView } from "./certificate-view.ts";
import type { Content, Html } from "./html.ts";

/** A word on how something stands; what it means is in the word, the colour says it again. */
export function Badge({ tone, children }: { tone: "good" | "bad" | "quiet"; children?: Content }): Html {
  return (
    <span class={`badge badge-${tone}`}>
      <svg class="badge-mark" viewBox="0 0 12 12" aria-hidden="true">
        <path d={MARKS[tone]} />
      </svg>
      {children}
    </span>
  );
}

const MARKS = { good: "M2 6.5 5 9.5 10 3", bad: "M3 3 9 9M9 3 3 9", quiet: "M3 6h6" } as const;

/** What the platform says of a device's certificate, in a word; undefined where it has none. */
export function VerdictBadge({
  certificate,
  node = false,
}: {
  certificate: CertificateView | undefined;
  node?: boolean;
}): Html {
  if (certificate === undefined) return <Badge tone="quiet">{node ? "End node" : "Not registered"}</Badge>;
  return certificate.accepted ? <Badge tone="good">Accepted</Badge> : <Badge tone="bad">Refused</Badge>;
}

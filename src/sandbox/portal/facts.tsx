import type { SerialForms } from "../../actions/summary.ts";
import type { Content, Html } from "./html.ts";
import { distanceText } from "./moment.ts";
import { TimeTag } from "./time-tag.tsx";

/** A name and what is said under it. */
export function Fact({ name, children }: { name: string; children?: Content }): Html {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A serial number in both forms. */
export function Serial({ serial }: { serial: SerialForms }): Html {
  return (
    <Fact name="Serial number">
      <span class="figures">{serial.decimal}</span> <span class="figures soft">{serial.hex}</span>
    </Fact>
  );
}

/** When a certificate ends, and how far off that is. */
export function Expiry({ ms, now }: { ms: number; now: number }): Html {
  return (
    <Fact name={ms < now ? "Expired" : "Expires"}>
      <TimeTag ms={ms} as="day" /> <span class="soft">{distanceText(ms, now)}</span>
    </Fact>
  );
}

/** A SHA-256 as people compare it: `AB:CD:...`, in lines of whole octets. */
export function Fingerprint({ sha256 }: { sha256: string }): Html {
  const octets = sha256.toUpperCase().match(/../g) ?? [];
  return (
    <code class="fingerprint">
      {octets.map((octet, place) => (
        <>
          {place === 0 ? "" : ":"}
          {place === 0 ? "" : <wbr />}
          {octet}
        </>
      ))}
    </code>
  );
}

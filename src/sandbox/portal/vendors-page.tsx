import { attributeValues } from "../../x509/name.ts";
import { formatName } from "../../x509/name-format.ts";
import type { Session } from "../accounts.ts";
import type { Platform } from "../platform.ts";
import type { DeviceType, Vendor } from "../vendors.ts";
import { Badge } from "./badge.tsx";
import { Breakable } from "./breakable.tsx";
import { Expiry, Fact, Fingerprint } from "./facts.tsx";
import type { Html } from "./html.ts";
import { pageText } from "./layout.tsx";
import { sentence } from "./sentence.ts";

const COMMON_NAME = "2.5.4.3";

/** The vendors whose roots are trusted, and the device types that each has. */
export function vendorsPage(platform: Platform, session: Session): Promise<string> {
  const { vendors } = platform;
  const all = vendors.all();
  const types = vendors.types();
  return pageText(
    { title: "Vendors", session, menu: "/vendors" },
    <>
      <p class="lead">
        Whose devices may register here: each vendor's root certificate is trusted, and each device type names
        its issuer.
      </p>
      {all.length === 0 ? (
        <div class="card empty">
          <p>No vendor is trusted yet.</p>
          <p>
            Start the sandbox in a vendor's directory, or add a root:{" "}
            <code>samicerts sandbox vendor add root.crt --state FILE</code>
          </p>
        </div>
      ) : (
        all.map((vendor) => (
          <VendorCard
            platform={platform}
            vendor={vendor}
            types={types.filter((type) => type.vendor === vendor.id)}
          />
        ))
      )}
      <p class="aside">
        Devices that check whom they talk to need{" "}
        <a href="/ca.crt">the certificate of this sandbox's own CA</a>.
      </p>
    </>,
  );
}

function VendorCard({
  platform,
  vendor,
  types,
}: {
  platform: Platform;
  vendor: Vendor;
  types: readonly DeviceType[];
}): Html {
  const { compliant, findings } = platform.vendors.judge(vendor.root);
  const { subject } = vendor.root;
  const dn = formatName(subject);
  const own = attributeValues(subject, COMMON_NAME)[0] ?? dn;
  const heading = `vendor-${vendor.id}`;
  return (
    <section class="card" aria-labelledby={heading}>
      <div class="head">
        <h2 id={heading}>
          <bdi>{vendor.name === dn ? own : vendor.name}</bdi>
        </h2>
        {compliant ? <Badge tone="good">Compliant</Badge> : <Badge tone="bad">Not compliant</Badge>}
      </div>
      {findings
        .filter(({ severity }) => severity === "error")
        .map(({ message, hint }) => (
          <p class="notice notice-bad">
            {sentence(message)} {sentence(hint)}
          </p>
        ))}
      <dl class="facts">
        <Fact name="Root">
          <Breakable text={dn} />
        </Fact>
        <Expiry ms={vendor.root.notAfter.epochMs} now={platform.world.clock.now()} />
        <Fact name="SHA-256">
          <Fingerprint sha256={vendor.sha256} />
        </Fact>
      </dl>
      <div class="table-card">
        <table class="stacked">
          <caption>Device types</caption>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Id</th>
              <th scope="col">Issuer of its certificates</th>
            </tr>
          </thead>
          <tbody>
            {types.map(({ id, name, issuerDn }) => (
              <tr>
                <th scope="row">
                  <bdi>{name}</bdi>
                </th>
                <td>
                  <code>{id}</code>
                </td>
                <td>
                  <Breakable text={issuerDn} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

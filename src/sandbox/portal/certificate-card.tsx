import type { Device } from "../devices.ts";
import { Breakable } from "./breakable.tsx";
import type { CertificateView } from "./certificate-view.ts";
import { Expiry, Fact, Fingerprint, Serial } from "./facts.tsx";
import type { Html } from "./html.ts";
import { sentence } from "./sentence.ts";
import { TimeTag } from "./time-tag.tsx";

/** A device's certificate: whether it is accepted and why not, and what the device's owner may want to know of it. */
export function CertificateCard({
  device,
  certificate,
  now,
}: {
  device: Device;
  certificate: CertificateView | undefined;
  now: number;
}): Html {
  return (
    <section class="card" aria-labelledby="certificate-title">
      <h2 id="certificate-title">Certificate</h2>
      {certificate === undefined ? <None device={device} /> : <Known certificate={certificate} now={now} />}
    </section>
  );
}

function Known({ certificate, now }: { certificate: CertificateView; now: number }): Html {
  const { summary, accepted, reason, findings, notBeforeMs, notAfterMs } = certificate;
  return (
    <>
      {accepted ? (
        <p>The platform accepts it: path, policy and revocation were checked just now.</p>
      ) : (
        <Refused reason={reason} findings={findings} />
      )}
      <dl class="facts facts-column">
        <Serial serial={summary.serial} />
        <Fact name="Last four digits">
          <span class="figures">{summary.serial.lastFour}</span>
        </Fact>
        <Expiry ms={notAfterMs} now={now} />
        <Fact name="Valid from">
          <TimeTag ms={notBeforeMs} as="day" />
        </Fact>
        <Fact name="Subject">
          <Breakable text={summary.subject} />
        </Fact>
        <Fact name="Issuer">
          <Breakable text={summary.issuer} />
        </Fact>
        <Fact name="Key">
          {summary.key}, <span class="whole">{summary.signatureAlgorithm}</span>
        </Fact>
        <Fact name="SHA-256">
          <Fingerprint sha256={summary.sha256} />
        </Fact>
      </dl>
    </>
  );
}

function Refused({ reason, findings }: Pick<CertificateView, "reason" | "findings">): Html {
  if (findings.length === 0) return <p class="notice notice-bad">{sentence(reason)}</p>;
  return (
    <ul class="findings">
      {findings.map(({ message, expected, actual, hint, rule, citation }) => (
        <li class="notice notice-bad">
          <p>
            <strong>{sentence(message)}</strong>
          </p>
          {expected === "" || actual === "" ? (
            ""
          ) : (
            <p>
              Expected {expected}, found {actual}.
            </p>
          )}
          {hint === "" ? "" : <p>{sentence(hint)}</p>}
          <p class="soft">
            {rule}
            {citation === "" ? "" : `, ${citation}`}
          </p>
        </li>
      ))}
    </ul>
  );
}

function None({ device }: { device: Device }): Html {
  if (device.hub !== undefined)
    return <p>An end node has no certificate of its own: its hub sends for it, with the hub's.</p>;
  return (
    <>
      <p>The device was let go of, and can't send. It can be registered again under this name.</p>
      <p>
        <a class="button button-quiet" href={`/register?device=${device.did}`}>
          Register it again
        </a>
      </p>
    </>
  );
}

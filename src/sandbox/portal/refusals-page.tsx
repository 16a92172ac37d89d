import { formatSerial } from "../../x509/serial.ts";
import type { Session } from "../accounts.ts";
import type { Platform } from "../platform.ts";
import type { Refusal } from "../refusal-log.ts";
import { Badge } from "./badge.tsx";
import { Breakable } from "./breakable.tsx";
import type { Html } from "./html.ts";
import { pageText } from "./layout.tsx";
import { LiveBar } from "./live-bar.tsx";
import type { LiveSource } from "./live-stream.ts";
import { askedWords, reasonParts } from "./refusal-words.ts";
import { sentence } from "./sentence.ts";
import { TimeTag } from "./time-tag.tsx";

const SHOWN = 50;

/** Who was kept out, the newest first. */
export function refusalsPage(platform: Platform, session: Session): Promise<string> {
  return pageText(
    { title: "Refusals", session, menu: "/refusals", events: "/refusals/events" },
    <>
      <p class="lead">Who was kept out of this sandbox, and why. The newest {SHOWN} are shown.</p>
      <LiveBar />
      <div id="refusals">{refusalsHtml(platform)}</div>
    </>,
  );
}

/** What changes on that page. */
export function refusalsSource(platform: Platform): LiveSource {
  return {
    subscribe: (wake) => platform.refusals.subscribe(wake),
    view: () => {
      const [newest] = platform.refusals.newest(1);
      return {
        regions: { refusals: refusalsHtml(platform) },
        ...(newest === undefined
          ? {}
          : { note: `Refused: ${askedWords(newest)}. ${sentence(newest.reason)}` }),
      };
    },
  };
}

function refusalsHtml({ refusals }: Platform): Html {
  const all = refusals.newest(SHOWN);
  if (all.length === 0)
    return (
      <div class="card empty">
        <p>Nobody was refused so far.</p>
      </div>
    );
  return (
    <ol class="refusals">
      {all.map((refusal) => (
        <Refused refusal={refusal} />
      ))}
    </ol>
  );
}

function Refused({ refusal }: { refusal: Refusal }): Html {
  const { atMs, what, status, subject, serial, peer } = refusal;
  const { words, rule } = reasonParts(refusal);
  const hex = serial === undefined ? undefined : formatSerial(BigInt(serial)).hex;
  return (
    <li class="card refusal">
      <h2>
        {askedWords(refusal)} <Badge tone="bad">Refused, {status}</Badge>
      </h2>
      <p class="when">
        <TimeTag ms={atMs} />
      </p>
      <p class="refusal-why">
        <bdi>{sentence(words)}</bdi> {rule === undefined ? "" : <span class="soft">Rule {rule}.</span>}
      </p>
      <dl class="facts facts-small">
        <div>
          <dt>Asked</dt>
          <dd>
            <code>
              <Breakable text={what} />
            </code>
          </dd>
        </div>
        <div>
          <dt>Certificate</dt>
          <dd>
            {subject === undefined ? "none" : <Breakable text={subject} />}
            {serial === undefined ? (
              ""
            ) : (
              <>
                , serial <span class="figures">{serial}</span> <span class="figures soft">{hex}</span>
              </>
            )}
          </dd>
        </div>
        {peer === undefined || peer === "" ? (
          ""
        ) : (
          <div>
            <dt>From</dt>
            <dd>{peer}</dd>
          </div>
        )}
      </dl>
    </li>
  );
}

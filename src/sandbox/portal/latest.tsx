import type { Message } from "../messages.ts";
import { Line } from "./chart.tsx";
import type { Html } from "./html.ts";
import { numbersIn, numberText, numericSeries } from "./series.ts";
import { TimeTag } from "./time-tag.tsx";

const FIELDS_SHOWN = 3;
const MOST_TEXT = 80;

/** What a device sent last: a few of its numbers, when, and how the first of them went. `messages` come the newest first. */
export function Latest({ messages, drawn = false }: { messages: readonly Message[]; drawn?: boolean }): Html {
  const [newest] = messages;
  if (newest === undefined) return <p class="latest-none">No data yet</p>;
  const [first] = drawn ? numericSeries(messages) : [];
  return (
    <>
      {first === undefined ? (
        ""
      ) : (
        <Line points={first.points} label={`${first.name}, last ${first.points.length} values`} />
      )}
      <dl class="latest-values">
        <Values message={newest} />
      </dl>
      <p class="latest-when">
        <TimeTag ms={newest.receivedMs} />
      </p>
    </>
  );
}

function Values({ message: { data } }: { message: Message }): Html {
  const numbers = [...numbersIn(data)].slice(0, FIELDS_SHOWN);
  if (numbers.length === 0)
    return (
      <div>
        <dt>Data</dt>
        <dd>
          <bdi>{dataText(data, MOST_TEXT)}</bdi>
        </dd>
      </div>
    );
  return (
    <>
      {numbers.map(([name, value]) => (
        <div>
          <dt>
            <bdi>{name}</bdi>
          </dt>
          <dd>{numberText(value)}</dd>
        </div>
      ))}
    </>
  );
}

/** A message's data as text, so many characters of it. */
export function dataText(data: unknown, most: number): string {
  const text = typeof data === "string" ? data : JSON.stringify(data);
  return text.length > most ? `${text.slice(0, most)}...` : text;
}

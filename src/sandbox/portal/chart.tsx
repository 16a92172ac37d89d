import type { Html } from "./html.ts";
import { timeText } from "./moment.ts";
import { numberText, type Point, type Series } from "./series.ts";
import { TimeTag } from "./time-tag.tsx";

const WIDTH = 320;
const HEIGHT = 88;
/** Room for the line's own breadth and for the dot at its end. */
const MARGIN = 6;

/** A field's values as a line over time, with the newest in figures. */
export function Chart({ series }: { series: Series }): Html {
  const { name, points, newest, least, most } = series;
  const [first, last] = [points[0]?.ms ?? 0, points.at(-1)?.ms ?? 0];
  const values = points.length === 1 ? "one value" : `${points.length} values`;
  const label = `${name}: ${values} from ${timeText(first)} to ${timeText(last)} UTC, least ${numberText(least)}, most ${numberText(most)}, newest ${numberText(newest)}`;
  return (
    <figure class="chart">
      <figcaption>
        <bdi class="chart-name">{name}</bdi> <span class="chart-value">{numberText(newest)}</span>
      </figcaption>
      <Line points={points} label={label} />
      <p class="chart-foot">
        <TimeTag ms={first} as="time" />
        <span>
          {numberText(least)} to {numberText(most)}
        </span>
        <TimeTag ms={last} as="time" />
      </p>
    </figure>
  );
}

/** The line alone. */
export function Line({ points, label }: { points: readonly Point[]; label: string }): Html {
  const { line, area, dot } = linePaths(points);
  return (
    <svg
      class="line"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path class="line-area" d={area} />
      <path class="line-stroke" d={line} />
      <path class="line-dot" d={dot} />
    </svg>
  );
}

/** The paths of a line over time, of what is under it, and of a dot at its end; a single value lies in the middle. */
export function linePaths(points: readonly Point[]): { line: string; area: string; dot: string } {
  const values = points.map(({ value }) => value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const [first, last] = [points[0]?.ms ?? 0, points.at(-1)?.ms ?? 0];
  const at = ({ ms, value }: Point): readonly [number, number] => {
    const across = last === first ? 1 : (ms - first) / (last - first);
    // Halves first: the difference of two doubles may be more than a double holds.
    const up = most === least ? 0.5 : (value / 2 - least / 2) / (most / 2 - least / 2);
    return [
      round(MARGIN + across * (WIDTH - 2 * MARGIN)),
      round(HEIGHT - MARGIN - up * (HEIGHT - 2 * MARGIN)),
    ];
  };
  const places = points.map(at);
  const [end] = places.slice(-1);
  if (end === undefined) return { line: "", area: "", dot: "" };
  // One moment makes no line: it is drawn as having been so all along.
  const drawn = last === first ? [[MARGIN, end[1]] as const, end] : places;
  const line = `M${drawn.map(([x, y]) => `${x} ${y}`).join("L")}`;
  const area = `${line}L${end[0]} ${HEIGHT}L${drawn[0]?.[0] ?? MARGIN} ${HEIGHT}Z`;
  return { line, area, dot: `M${end[0]} ${end[1]}h0` };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

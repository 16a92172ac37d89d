/** A bar plot: one unit, one scale, a bar a measurement. */
export interface Plot {
  readonly title: string;
  /** The unit and how it was taken, a line under the title. */
  readonly subtitle: string;
  /** A line under the plot. */
  readonly note: string;
  readonly scale: "linear" | "log";
  readonly bars: readonly Bar[];
}

/** One measurement. */
export interface Bar {
  readonly label: string;
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** Who it is of: samicerts, another program, or the machine's own limit. */
  readonly kind: "ours" | "theirs" | "limit";
  /** Words after the number. */
  readonly remark?: string;
  /** What was to be reached: a mark across the bar. */
  readonly goal?: number;
}

const WIDTH = 700;
const MARGIN = 16;
const TOP = 62;
const ROW = 30;
const THICKNESS = 18;
const SCALE_HEIGHT = 24;
const NOTE_HEIGHT = 26;
const NOTE_LINE = 16;
// What a character of the labels and of the numbers takes at most on average, in a 13 px system font, bold or not.
const CHARACTER = 7.4;
/** Of the note's smaller ones. */
const NOTE_CHARACTERS = 104;

// The two themes of where it is shown; the colours keep a contrast of 3:1 and more to either background.
const STYLE = `
  text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
  .title { font-size: 16px; font-weight: 600 }
  .quiet { font-size: 12px; fill: #59636e }
  .ours-label { font-weight: 600 }
  .ours { fill: #1a7f5a }
  .theirs { fill: #8c959f }
  .limit { fill: none; stroke: #8c959f; stroke-dasharray: 4 3 }
  .grid { stroke: #d1d9e0 }
  .spread { stroke: #1f2328; stroke-width: 1.5; opacity: .6 }
  .goal { stroke: #bc4c00; stroke-width: 2 }
  .number { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; stroke-linejoin: round }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .quiet { fill: #9198a1 }
    .ours { fill: #3fb68b }
    .theirs { fill: #6e7681 }
    .limit { stroke: #8d96a0 }
    .grid { stroke: #30363d }
    .spread { stroke: #e6edf3 }
    .goal { stroke: #f0883e }
    .number { stroke: #0d1117 }
  }`;

/**
 * Draws horizontal bars, 700 px wide, in the order given; a thin line spans the least and the most.
 * It follows the reader's light or dark theme.
 */
export function drawBars(plot: Plot): string {
  const left = MARGIN + 10 + CHARACTER * Math.max(...plot.bars.map(({ label }) => label.length));
  const right = WIDTH - MARGIN - 6 - CHARACTER * Math.max(...plot.bars.map((bar) => worded(bar).length));
  const axis = makeAxis(plot, left, right);
  const bottom = TOP + plot.bars.length * ROW;
  const notes = wrap(noteOf(plot));
  const height = bottom + SCALE_HEIGHT + NOTE_HEIGHT + (notes.length - 1) * NOTE_LINE;
  const said = plot.bars.map((bar) => `${bar.label} ${worded(bar)}`).join("; ");
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escapeXml(`${plot.title}: ${said}`)}</title>`,
    `<style>${STYLE}\n</style>`,
    `<text class="title" x="${MARGIN}" y="26">${escapeXml(plot.title)}</text>`,
    `<text class="quiet" x="${MARGIN}" y="46">${escapeXml(plot.subtitle)}</text>`,
    ...axis.ticks.flatMap((tick) => [
      `<line class="grid" x1="${round(axis.at(tick))}" x2="${round(axis.at(tick))}" y1="${TOP}" y2="${bottom}"/>`,
      `<text class="quiet" x="${round(axis.at(tick))}" y="${bottom + 17}" text-anchor="middle">${short(tick)}</text>`,
    ]),
    ...plot.bars.flatMap((bar, index) => drawBar(bar, TOP + index * ROW, left, axis.at)),
    ...notes.map(
      (line, index) =>
        `<text class="quiet" x="${MARGIN}" y="${height - 10 - (notes.length - 1 - index) * NOTE_LINE}">${escapeXml(line)}</text>`,
    ),
    "</svg>",
  ];
  return `${parts.join("\n")}\n`;
}

function drawBar(bar: Bar, top: number, left: number, at: (value: number) => number): string[] {
  const middle = top + ROW / 2;
  const baseline = middle + 4.5;
  const end = Math.max(at(bar.median), left + 1);
  const strong = bar.kind === "ours" ? " ours-label" : "";
  const goal = bar.goal === undefined ? undefined : round(at(bar.goal));
  const beside = Math.max(end, at(bar.most)) + 6;
  const meetsGoal = bar.goal !== undefined && Math.abs(at(bar.goal) - beside - 20) < 40;
  const after = meetsGoal ? Math.max(beside, at(bar.goal as number) + 6) : beside;
  return [
    `<text class="label${strong}" x="${round(left - 8)}" y="${baseline}" text-anchor="end">${escapeXml(bar.label)}</text>`,
    `<rect class="${bar.kind}" x="${round(left)}" y="${middle - THICKNESS / 2}" width="${round(end - left)}" height="${THICKNESS}" rx="2"/>`,
    `<line class="spread" x1="${round(at(bar.least))}" x2="${round(at(bar.most))}" y1="${middle}" y2="${middle}"/>`,
    ...(goal === undefined
      ? []
      : [
          `<line class="goal" x1="${goal}" x2="${goal}" y1="${middle - ROW / 2 + 2}" y2="${middle + ROW / 2 - 2}"/>`,
        ]),
    `<text class="number${strong}" x="${round(after)}" y="${baseline}">${escapeXml(worded(bar))}</text>`,
  ];
}

function noteOf({ note, bars }: Plot): string {
  return bars.some(({ goal }) => goal !== undefined) ? `${note} Orange: the goal.` : note;
}

function wrap(text: string): string[] {
  const lines: string[] = [""];
  for (const word of text.split(" ")) {
    const line = `${lines.at(-1)} ${word}`.trimStart();
    if (line.length <= NOTE_CHARACTERS) lines[lines.length - 1] = line;
    else lines.push(word);
  }
  return lines;
}

interface Axis {
  readonly ticks: readonly number[];
  /** Where on the picture a value is. */
  readonly at: (value: number) => number;
}

function makeAxis({ scale, bars }: Plot, left: number, right: number): Axis {
  const most = Math.max(...bars.map((bar) => Math.max(bar.most, bar.goal ?? 0)));
  if (scale === "linear") {
    const step = niceStep(most);
    const ticks = Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
    return { ticks, at: (value) => left + ((right - left) * value) / most };
  }
  const least = Math.min(...bars.map((bar) => bar.least));
  // A whole decade below the least: a logarithmic bar of no length would say nothing.
  const from = Math.floor(Math.log10(least)) - (least / 10 ** Math.floor(Math.log10(least)) < 2 ? 1 : 0);
  const to = Math.log10(most);
  const ticks = Array.from({ length: Math.floor(to) - from + 1 }, (_, index) => 10 ** (from + index));
  const at = (value: number): number => left + ((right - left) * (Math.log10(value) - from)) / (to - from);
  return { ticks, at };
}

/** A step of 1, 2 or 5 times a power of ten that goes at least three times into `most`, and seven at most. */
function niceStep(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most / 3));
  const factor = [5, 2].find((each) => most / (each * power) >= 3) ?? 1;
  return factor * power;
}

function worded({ median, remark }: Bar): string {
  const digits = median < 10 ? 1 : 0;
  const number = median.toLocaleString("en", { maximumFractionDigits: digits });
  return remark === undefined ? number : `${number} ${remark}`;
}

const short = (value: number): string => value.toLocaleString("en");
const round = (value: number): string => value.toFixed(1);

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

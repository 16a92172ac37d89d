import type { Html } from "./html.ts";
import { dayText, machineTime, timeText } from "./moment.ts";

/** A moment, UTC, for people and programs: the day, the time of day, or both. */
export function TimeTag({ ms, as = "both" }: { ms: number; as?: "day" | "time" | "both" }): Html {
  const words = { day: dayText(ms), time: timeText(ms), both: `${dayText(ms)}, ${timeText(ms)} UTC` };
  return <time datetime={machineTime(ms)}>{words[as]}</time>;
}

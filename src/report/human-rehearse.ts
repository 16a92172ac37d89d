import { count, hang, padTo, visible } from "./layout.ts";
import type { Paint } from "./paint.ts";

/** One step of a rehearsal. */
export interface ToldStep {
  readonly step: string;
  readonly sent: string;
  readonly got: string;
  readonly checked: readonly string[];
  readonly atMs: number;
  readonly tookMs: number;
}

/** A device that was rehearsed. */
export interface ToldRehearsal {
  readonly name: string;
  readonly serial: { readonly decimal: string; readonly hex: string; readonly lastFour: string };
  readonly ok: boolean;
  /** Messages that arrived and were read back. */
  readonly messages: number;
  readonly steps: readonly ToldStep[];
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
}

const STEP_COLUMNS = 16;

/** What is told before the first step. */
export function rehearsalHead(
  device: Pick<ToldRehearsal, "name" | "serial">,
  where: string,
  paint: Paint,
): string {
  const { decimal, hex, lastFour } = device.serial;
  const name = paint.strong(visible(device.name));
  return `rehearsing ${name}, serial ${decimal} (${hex}), last four ${lastFour}\nat ${visible(where)}\n`;
}

/** One line of the timeline, with what was sent and checked below it. */
export function stepText(
  { step, sent, got, checked, atMs, tookMs }: ToldStep,
  paint: Paint,
  width: number,
): string {
  const time = `${(atMs / 1000).toFixed(3).padStart(7)} s`;
  const head = `${time}  ${paint.good("ok")}  ${padTo(step, STEP_COLUMNS)} ${visible(got)} (${Math.round(tookMs)} ms)`;
  const indent = " ".repeat(15);
  const lines = [
    ...hang(`${indent}sent     `, visible(sent), width),
    ...hang(`${indent}checked  `, visible([...new Set(checked)].join(", ")), width),
  ];
  return `${[head, ...lines.map(paint.faint)].join("\n")}\n`;
}

/** What the owner is to do. */
export function pinText(
  pin: string,
  lastFour: string,
  portal: string,
  untilMs: number,
  paint: Paint,
): string {
  const until = new Date(untilMs).toISOString().slice(11, 19);
  return `\n  PIN ${paint.strong(pin)}, last four ${paint.strong(lastFour)}: enter them at ${portal}, until ${until} UTC\n\n`;
}

/** How one rehearsal ended well. */
export function passedText({ messages }: ToldRehearsal, paint: Paint): string {
  return `${paint.good("passed")}: ${count(messages, "message")} arrived and ${messages === 1 ? "was" : "were"} read back\n`;
}

/** How a batch of them ended: those that failed, and the sum. */
export function batchText(all: readonly ToldRehearsal[], paint: Paint, width: number): string {
  const failed = all.filter(({ ok }) => !ok);
  const lines = failed.flatMap(({ name, serial, error }) =>
    hang(`${paint.bad("failed")}  ${serial.decimal}  `, visible(`${name}: ${error?.message ?? ""}`), width),
  );
  const messages = all.reduce((sum, each) => sum + each.messages, 0);
  const sum = `${count(all.length, "device")} rehearsed, ${all.length - failed.length} passed, ${failed.length} failed; `;
  return `${[...lines, `${sum}${count(messages, "message")} read back`].join("\n")}\n`;
}

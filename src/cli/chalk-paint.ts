import { Chalk } from "chalk";
import type { Paint } from "../report/paint.ts";

const chalk = new Chalk({ level: 1 });

/** The sixteen colours that every terminal has. */
export const CHALK_PAINT: Paint = {
  good: (text) => chalk.green(text),
  bad: (text) => chalk.red.bold(text),
  warn: (text) => chalk.yellow(text),
  strong: (text) => chalk.bold(text),
  faint: (text) => chalk.dim(text),
};

import { type ChildProcess, fork } from "node:child_process";
import type { Answer, Ask } from "./worker.ts";

/** An answer, or that there was none in time. */
export type Outcome = Answer | "hung";

/** A process that runs tests under mutants; it is begun anew where it hangs or ends. */
export class WorkerProcess {
  private readonly path: string;
  private child: ChildProcess | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Asks, and waits so many milliseconds for the answer. */
  async ask(ask: Ask, withinMs: number): Promise<Outcome> {
    this.child ??= fork(this.path, {
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      execArgv: ["--stack-size=2000"],
    });
    const { child } = this;
    return await new Promise((resolve) => {
      const finish = (outcome: Outcome): void => {
        clearTimeout(timer);
        child.removeAllListeners();
        if (outcome === "hung") this.end();
        resolve(outcome);
      };
      const timer = setTimeout(() => finish("hung"), withinMs);
      child.once("message", (answer: Answer) => finish(answer));
      child.once("exit", () => finish("hung"));
      child.once("error", () => finish("hung"));
      child.send(ask);
    });
  }

  /** Ends the process; the next question begins another. */
  end(): void {
    this.child?.kill("SIGKILL");
    this.child = undefined;
  }
}

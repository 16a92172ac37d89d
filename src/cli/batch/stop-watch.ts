import type { StopWatch } from "../../actions/batch-order.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Takes the first Ctrl-C, or a SIGTERM, as a wish to stop at the next good moment; the second one ends the process. */
export function watchSignals(): StopWatch {
  let requested = false;
  let ask: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const end = (): void => {
    for (const signal of SIGNALS) process.off(signal, take);
  };
  const take = (): void => {
    requested = true;
    end();
    ask();
  };
  for (const signal of SIGNALS) process.on(signal, take);
  return {
    get requested() {
      return requested;
    },
    asked,
    end,
  };
}

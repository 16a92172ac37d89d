/** How a server was ended. */
export type Ending = "terminated" | "interrupted";

/** Waits until this process is told to end, then stops the server; a second signal ends the process at once. */
export function serveUntilEnded(server: { stop(): Promise<void> }): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const end = (ending: Ending): void => {
      process.off("SIGTERM", terminated);
      process.off("SIGINT", interrupted);
      server.stop().then(() => resolve(ending), reject);
    };
    const terminated = (): void => end("terminated");
    const interrupted = (): void => end("interrupted");
    process.once("SIGTERM", terminated);
    process.once("SIGINT", interrupted);
  });
}

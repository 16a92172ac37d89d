// A thread that takes as long for a task as the task says, and tells which thread it is; or throws, or ends.
const { parentPort, threadId } = require("node:worker_threads");

const never = new Int32Array(new SharedArrayBuffer(4));

parentPort.on("message", ({ turn, task }) => {
  if (task.end) process.exit(7);
  if (task.ms) Atomics.wait(never, 0, 0, task.ms);
  const error = { kind: "key", code: "token.failed", message: "no", hint: "none" };
  const ms = task.ms ?? 0;
  parentPort.postMessage(
    task.refuse ? { turn, ms, error } : { turn, ms, value: { threadId, name: task.name } },
  );
});

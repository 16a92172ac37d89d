import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import type { RefusalParts } from "../../actions/make-devices.ts";
import { SamicertsError } from "../../base/errors.ts";

/** What a thread is sent. */
export interface TaskMessage<Task> {
  readonly turn: number;
  readonly task: Task;
}

/** What it sends back; `ms` is how long it took. */
export type TaskAnswer<Value> = { readonly turn: number; readonly ms: number } & (
  | { readonly value: Value }
  | { readonly error: RefusalParts }
);

/** A thread among others, for a task that only it can do. */
export interface Thread {
  /** Tasks that it has been sent and has not answered. */
  readonly inHand: number;
}

/** A task's result, and who has it. */
export interface Done<Value> {
  readonly value: Value;
  readonly thread: Thread;
}

interface Waiting<Value> {
  readonly resolve: (done: Done<Value>) => void;
  readonly reject: (error: unknown) => void;
}

interface Queued<Task, Value> extends Waiting<Value> {
  readonly task: Task;
  readonly give: readonly ArrayBuffer[];
}

interface Running extends Thread {
  inHand: number;
  /** How long its tasks take of late; nobody knows before the first. */
  usualMs: number;
  readonly worker: Worker;
}

/** One that a thread works on, and one so that it need not wait for the next. */
const LEAST_IN_HAND = 2;
/**
 * So much work a thread has in hand: whoever gives it the next is busy as long with other things, above all with waiting
 * for what is written to be durable. It is no more than a thread that falls behind can hold up.
 */
const AHEAD_MS = 100;

/** Threads that do the same; a task goes to one that is free for it when its turn comes. */
export class Threads<Task, Value> {
  readonly count: number;
  private readonly running: readonly Running[];
  private readonly queue: Queued<Task, Value>[] = [];
  private readonly waiting = new Map<number, Waiting<Value>>();
  private turns = 0;
  private failure: unknown;

  /** Starts so many; `part` is their file in dist/, `plan` what they all need. */
  constructor(part: string, plan: unknown, count: number) {
    const { Worker } = process.getBuiltinModule("node:worker_threads");
    this.count = count;
    this.running = Array.from({ length: count }, () => {
      const worker = new Worker(join(__dirname, part), { workerData: plan });
      const one: Running = { worker, inHand: 0, usualMs: AHEAD_MS };
      worker.on("message", (answer: TaskAnswer<Value>) => this.take(answer, one));
      worker.on("error", (error) => this.fail(error));
      worker.on("exit", (code) => this.fail(new Error(`a thread ended with ${code}`)));
      return one;
    });
  }

  /** Has a task done by whichever thread; what it throws is thrown. The memory in `give` is given away with it. */
  ask(task: Task, give: readonly ArrayBuffer[] = []): Promise<Done<Value>> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) {
        reject(this.failure);
        return;
      }
      this.queue.push({ task, give, resolve, reject });
      this.deal();
    });
  }

  /** Has a task done by the thread that did one before, ahead of all that nobody has in hand yet. */
  askAgain(thread: Thread, task: Task, give: readonly ArrayBuffer[] = []): Promise<Done<Value>> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) reject(this.failure);
      else this.send(thread as Running, { task, give, resolve, reject });
    });
  }

  /** Gives up the tasks that no thread has in hand: their askers get this error. */
  giveUp(error: unknown): void {
    for (const { reject } of this.queue.splice(0)) reject(error);
  }

  /** Ends the threads, whatever they have in hand. */
  async close(): Promise<void> {
    await Promise.all(this.running.map(({ worker }) => worker.terminate()));
  }

  private deal(): void {
    while (this.queue.length > 0) {
      const free = this.running.filter(
        ({ inHand, usualMs }) => inHand < LEAST_IN_HAND || inHand * usualMs < AHEAD_MS,
      );
      const [first, ...others] = free;
      if (first === undefined) return;
      const freest = others.reduce((a, b) => (b.inHand * b.usualMs < a.inHand * a.usualMs ? b : a), first);
      this.send(freest, this.queue.shift() as Queued<Task, Value>);
    }
  }

  private send(thread: Running, { task, give, resolve, reject }: Queued<Task, Value>): void {
    const message: TaskMessage<Task> = { turn: this.turns++, task };
    this.waiting.set(message.turn, { resolve, reject });
    thread.inHand++;
    thread.worker.postMessage(message, give);
  }

  private take(answer: TaskAnswer<Value>, thread: Running): void {
    const waiting = this.waiting.get(answer.turn);
    this.waiting.delete(answer.turn);
    thread.inHand--;
    thread.usualMs += (answer.ms - thread.usualMs) / 2;
    if ("value" in answer) waiting?.resolve({ value: answer.value, thread });
    else waiting?.reject(new SamicertsError(answer.error));
    this.deal();
  }

  private fail(error: unknown): void {
    this.failure ??= error;
    for (const { reject } of this.waiting.values()) reject(this.failure);
    this.waiting.clear();
    this.giveUp(this.failure);
  }
}

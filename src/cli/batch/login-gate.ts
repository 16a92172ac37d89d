import { tokenError } from "../../keys/pkcs11/token-error.ts";

const FREE = 0;
const TAKEN = 1;
const REFUSED = 2;

/** What threads that log in to one token share: one of them logs in at a time. */
export function loginGate(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/**
 * Logs in when it is this thread's turn. A token locks its PIN after a few wrong ones, so where one thread was refused no
 * other tries: throws `token.pin-wrong`, and what `logIn` throws.
 */
export function logInAtGate(gate: Int32Array<SharedArrayBuffer>, logIn: () => void): void {
  for (;;) {
    const was = Atomics.compareExchange(gate, 0, FREE, TAKEN);
    if (was === FREE) break;
    if (was === REFUSED)
      throw tokenError(
        "pin-wrong",
        "the token does not accept the PIN any more",
        "check the file that pin-source names; another thread was refused, so it was not tried again",
      );
    Atomics.wait(gate, 0, TAKEN);
  }
  let next = REFUSED;
  try {
    logIn();
    next = FREE;
  } finally {
    Atomics.store(gate, 0, next);
    Atomics.notify(gate, 0);
  }
}

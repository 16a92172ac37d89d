import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";
import type * as graphene from "graphene-pk11";

/** A key in a token, by the module that drives it and the label of both. */
export interface RawTokenKey {
  readonly module: string;
  readonly label: string;
  readonly pin: string;
}

/** CKM_ECDSA, CKO_PRIVATE_KEY, CKF_OS_LOCKING_OK, CKF_SERIAL_SESSION. */
const [ECDSA, PRIVATE_KEY, OS_LOCKING, SERIAL_SESSION] = [0x1041, 3, 2, 4];
const DIGEST_LENGTH = 32;
const ROOM = 256;

/** Opens a session; what it gives signs a digest, by two calls of the module and nothing else. */
export function tokenSignature({ module: path, label, pin }: RawTokenKey): () => number {
  const load = createRequire(join(process.cwd(), "bench"));
  const module = (load("graphene-pk11") as typeof graphene).Module.load(path, path);
  unlessDone(() => module.initialize({ flags: OS_LOCKING }));
  const slots = module.getSlots(true);
  const places = Array.from({ length: slots.length }, (_, index) => slots.items(index));
  const slot = places.find((each) => each.getToken().label === label);
  if (slot === undefined) throw new Error(`there is no token ${label}`);
  const session = slot.open(SERIAL_SESSION);
  unlessDone(() => session.login(pin));
  const key = session.find({ class: PRIVATE_KEY, label }).items(0);
  const digest = Buffer.alloc(DIGEST_LENGTH, 1);
  const room = Buffer.alloc(ROOM);
  return () => {
    module.lib.C_SignInit(session.handle, { mechanism: ECDSA }, key.handle);
    return module.lib.C_Sign(session.handle, digest, room).length;
  };
}

/** Another thread of this process may have done it. */
function unlessDone(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!/CKR_CRYPTOKI_ALREADY_INITIALIZED|CKR_USER_ALREADY_LOGGED_IN/.test((error as Error).message))
      throw error;
  }
}

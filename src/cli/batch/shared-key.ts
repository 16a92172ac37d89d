import { handleSigner } from "../../keys/pkcs11/handle-signer.ts";
import { openTokenSigner } from "../../keys/pkcs11/token-signer.ts";
import { parsePkcs11Uri } from "../../keys/pkcs11-uri.ts";
import { SYSTEM_RANDOM } from "../../open-deps.ts";
import type { SharedKey, Signer } from "../../x509/signer.ts";
import { logInAtGate } from "./login-gate.ts";

/** Opens a token's key in a session of this thread's own; it was checked by whoever shares it. Throws `token.*`. */
export function openSharedKey(shared: SharedKey, gate: Int32Array<SharedArrayBuffer>): Signer {
  const uri = parsePkcs11Uri(shared.uri);
  const { defaultModule, pin, handle } = shared;
  const open = (): Signer =>
    openTokenSigner(uri, {
      defaultModule,
      look: () => "file",
      readPin: () => pin ?? "",
      askPin: () => pin,
      allowExtractable: true,
      warn: () => {},
      oneLogin: (logIn) => logInAtGate(gate, logIn),
      random: SYSTEM_RANDOM,
    });
  return handle === undefined ? open() : handleSigner(uri, handle, open);
}

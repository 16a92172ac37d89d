import type * as graphene from "graphene-pk11";
import type { Pkcs11Uri } from "../pkcs11-uri.ts";
import { describeToken } from "../pkcs11-uri-format.ts";
import { failureName, tokenError } from "./token-error.ts";

/** CKF_TOKEN_INITIALIZED. */
const INITIALIZED = 0x400;

/** A slot with the token in it. */
export interface FoundToken {
  readonly slot: graphene.Slot;
  readonly token: graphene.Token;
}

/** The one token that a URI names; throws `token.absent`, `token.ambiguous`. */
export function findToken(module: graphene.Module, uri: Pkcs11Uri): FoundToken {
  const present = presentTokens(module);
  const found = present.filter((each) => mismatches(each, uri).length === 0);
  const [one] = found;
  if (one === undefined) {
    const named = present.find(({ token }) => uri.token === unpadded(token.label));
    if (named !== undefined) {
      const others = mismatches(named, uri).join(", ");
      throw tokenError(
        "absent",
        `the token "${uri.token}" is there, but what the URI says of it besides is not so: ${others}`,
        `correct it in the URI, or leave it out: ${others}`,
      );
    }
    const others = present.map(({ token }) => JSON.stringify(token.label)).join(", ");
    throw tokenError(
      "absent",
      `${describeToken(uri)} is not there${others === "" ? ": no token is" : `; there is ${others}`}`,
      "put it in, and check the name in the URI and the module; samicerts names tokens as their labels are",
    );
  }
  if (found.length > 1) {
    const serials = found.map(({ token }) => token.serialNumber).join(", ");
    throw tokenError(
      "ambiguous",
      `${found.length} tokens fit ${describeToken(uri)}, with the serials ${serials}`,
      "say which: add ;serial=... to the URI's path",
    );
  }
  return one;
}

function presentTokens(module: graphene.Module): FoundToken[] {
  const slots = module.getSlots(true);
  const found: FoundToken[] = [];
  for (let index = 0; index < slots.length; index++) {
    try {
      const slot = slots.items(index);
      const token = slot.getToken();
      if ((token.flags & INITIALIZED) !== 0) found.push({ slot, token });
    } catch (error) {
      // Taken out since the slots were listed.
      if (failureName(error) === undefined) throw error;
    }
  }
  return found;
}

/** The attributes of a URI that a token does not have so. */
function mismatches({ slot, token }: FoundToken, uri: Pkcs11Uri): string[] {
  const wanted: readonly (readonly [string, string | undefined, string])[] = [
    ["token", uri.token, token.label],
    ["serial", uri.serial, token.serialNumber],
    ["manufacturer", uri.manufacturer, token.manufacturerID],
    ["model", uri.model, token.model],
    ["slot-description", uri.slotDescription, slot.slotDescription],
    ["slot-manufacturer", uri.slotManufacturer, slot.manufacturerID],
    ["slot-id", uri.slotId?.toString(), handleNumber(slot.handle).toString()],
  ];
  return wanted
    .filter(([, given, actual]) => given !== undefined && given !== unpadded(actual))
    .map(([name]) => name);
}

/** Fields of fixed length are filled with blanks; some modules fill them with zeros. */
function unpadded(text: string): string {
  return text.replace(/[ \0]+$/, "");
}

/** A handle is a CK_ULONG as it lies in memory. */
function handleNumber(handle: Buffer): bigint {
  return BigInt(`0x${Buffer.from(handle).reverse().toString("hex") || "0"}`);
}

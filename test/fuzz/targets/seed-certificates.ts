import { RECIPES } from "../../../fixtures/recipes/index.ts";

/** Certificates to begin from: every rule's good and bad ones. */
export const CERTIFICATES: readonly Uint8Array[] = RECIPES.flatMap(({ pass, fail }) => [...pass, ...fail])
  .map(({ certificate }) => certificate.der)
  .filter((der) => der.length < 4096);

import type { Place } from "./command.ts";

/** The words that make a factory line under `ROOT_NAME`. */
export const LINE: readonly string[] = ["intermediate", "line2", "/C=US/O=MyOrg/OU=MyDep/CN=Line2"];
/** And those that give it serials of its own. */
export const SERIALS: readonly string[] = ["--serials", "200000000-299999999"];

/** What lies in lines/, each with its mode. */
export function lineFiles(place: Place): string[] {
  return place
    .listing()
    .map((line) => line.split(" ").slice(0, 2).join(" "))
    .filter((line) => line.startsWith("lines"));
}

import type { WriteDeps } from "./durable-write.ts";
import { errorCode, fileError } from "./file-error.ts";
import { pairPlace } from "./pair-place.ts";
import { devicePaths } from "./paths.ts";
import type { Responders } from "./workspace.ts";

const CERTIFICATE = /^([1-9][0-9]{0,48})\.crt$/;

/** The directory of those who answer OCSP; `directories` are those that are made where they are absent, itself the last. */
export function openResponders(deps: WriteDeps, directories: readonly [...string[], string]): Responders {
  const directory = directories.at(-1) as string;
  const place: Responders["place"] = (serial) =>
    pairPlace(deps, devicePaths(directory, serial), {
      directories,
      hint: "find out whose file that is before moving it away",
    });
  return {
    directory,
    place,
    all: () => serialsIn(deps, directory).map(place),
  };
}

function serialsIn({ files }: WriteDeps, directory: string): readonly string[] {
  let names: readonly string[];
  try {
    names = files.list(directory);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw fileError(error, "read", directory);
  }
  return names.flatMap((name) => CERTIFICATE.exec(name)?.[1] ?? []);
}

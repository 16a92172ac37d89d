import { makePlace, type Place, ROOT_NAME } from "./command.ts";

/** A vendor with devices to rehearse with: a lamp, 100000001; a hub, 100000002; and a batch of 25 from 300000000 on. */
export function makeVendorToRehearse(): Place {
  const place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["client", "100000001", "Lamp"]);
  place.succeed(["client", "100000002", "Hub"]);
  place.succeed(["batch", "--count", "25", "--serial-from", "300000000", "--name", "D{serial}"]);
  return place;
}

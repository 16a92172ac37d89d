import type { Device } from "../devices.ts";
import type { Platform } from "../platform.ts";
import { type CertificateView, viewCertificate } from "./certificate-view.ts";

/** A device in the list, with the end nodes that it is the hub of. */
export interface ListedDevice {
  readonly device: Device;
  readonly type: string;
  readonly certificate: CertificateView | undefined;
  /** The first of its end nodes that are this user's, and how many there are. */
  readonly nodes: readonly Device[];
  readonly nodeCount: number;
}

/** A page of a user's devices. */
export interface DeviceList {
  readonly listed: readonly ListedDevice[];
  readonly page: number;
  readonly pages: number;
  /** All of the user's, end nodes too. */
  readonly total: number;
}

const PER_PAGE = 25;
const NODES_SHOWN = 10;

/** Lists a user's devices: end nodes under their hub; those of somebody else's hub stand for themselves. */
export function listDevices(platform: Platform, uid: string, page: number): DeviceList {
  const all = platform.devices.ofUser(uid);
  const own = new Set(all.map(({ did }) => did));
  const nodes = new Map<string, Device[]>();
  for (const device of all)
    if (device.hub !== undefined) nodes.set(device.hub, [...(nodes.get(device.hub) ?? []), device]);
  const first = all.filter(({ hub }) => hub === undefined || !own.has(hub));
  const pages = Math.max(1, Math.ceil(first.length / PER_PAGE));
  const shown = Math.min(page, pages);
  return {
    page: shown,
    pages,
    total: all.length,
    listed: first.slice((shown - 1) * PER_PAGE, shown * PER_PAGE).map((device) => {
      const below = nodes.get(device.did) ?? [];
      return {
        device,
        type: typeName(platform, device),
        certificate: viewCertificate(platform, device),
        nodes: below.slice(0, NODES_SHOWN),
        nodeCount: below.length,
      };
    }),
  };
}

/** What a device's type is called. */
export function typeName({ vendors }: Platform, { dtid }: Device): string {
  return vendors.findType(dtid)?.name ?? "a type that is there no more";
}

/** The number of a page that was asked for, from 1. */
export function readPage(text: string | undefined): number {
  return text !== undefined && /^[1-9][0-9]{0,5}$/.test(text) ? Number(text) : 1;
}

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
  const { devices } = platform;
  const pages = Math.max(1, Math.ceil(devices.countTop(uid) / PER_PAGE));
  const shown = Math.min(page, pages);
  return {
    page: shown,
    pages,
    total: devices.count(uid),
    listed: devices.topOfUser(uid, PER_PAGE, (shown - 1) * PER_PAGE).map((device) => {
      const nodes = devices.ofHub(uid, device.did);
      return {
        device,
        type: typeName(platform, device),
        certificate: viewCertificate(platform, device),
        nodes: nodes.slice(0, NODES_SHOWN),
        nodeCount: nodes.length,
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

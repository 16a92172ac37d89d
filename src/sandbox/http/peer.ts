import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { ClientVerdict } from "../client-check.ts";
import type { Platform } from "../platform.ts";

/** Who is at the other end of a connection. */
export interface Peer {
  readonly address: string;
  /** Whether it came to the endpoint for secure devices. */
  readonly secure: boolean;
  /** What its certificate comes to at this moment; cheap, for it is looked at anew only now and then. */
  verdict(): ClientVerdict;
}

/** Certificates of a chain that are looked at. */
const MOST_SENT = 4;

interface Known {
  readonly epoch: string;
  readonly verdict: ClientVerdict;
}

/** Tells who is at the other end of connections to `platform`. */
export function peerTeller(platform: Platform): (socket: Socket) => Peer {
  const chains = new WeakMap<Socket, readonly Uint8Array[]>();
  const verdicts = new WeakMap<Socket, Known>();
  return (socket) => ({
    address: socket.remoteAddress ?? "",
    secure: socket instanceof TLSSocket,
    verdict() {
      const epoch = platform.clients.epoch();
      const known = verdicts.get(socket);
      if (known?.epoch === epoch) return known.verdict;
      const chain = chains.get(socket) ?? sentChain(socket);
      chains.set(socket, chain);
      const verdict = platform.clients.check(chain);
      verdicts.set(socket, { epoch, verdict });
      return verdict;
    },
  });
}

/** What the client sent in the handshake, its own certificate first. */
function sentChain(socket: Socket): readonly Uint8Array[] {
  if (!(socket instanceof TLSSocket)) return [];
  const chain: Uint8Array[] = [];
  let next = socket.getPeerX509Certificate();
  while (next !== undefined && chain.length < MOST_SENT) {
    const { raw } = next;
    if (chain.some((each) => Buffer.compare(each, raw) === 0)) break;
    chain.push(raw);
    next = next.issuerCertificate;
  }
  return chain;
}

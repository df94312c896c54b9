import type { ClientTerms } from '../load/client-terms.ts';

/** What a peer is started with. */
export interface PeerContext {
  /** Where the mock listens that stands for Anthropic. */
  readonly upstreamPort: number;
  /** Where the peer is to listen. */
  readonly port: number;
  /** An empty directory of its own, which is removed in the end. */
  readonly scratch: string;
}

/** How a peer's process is run. */
interface Launch {
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly terms: ClientTerms;
}

/** Another gateway or proxy, installed by the user or not. */
export interface Peer {
  readonly name: string;
  /** What to do where it is not installed. */
  readonly hint: string;
  /** Its version, or null where it is not installed. */
  readonly version: () => string | null;
  /** Writes its configuration and says how to start it. */
  readonly launch: (context: PeerContext) => Launch;
}

/** A peer that passes the mock's bytes on as they are. */
export const sameBytes: ClientTerms = { headers: [], rewrites: false };

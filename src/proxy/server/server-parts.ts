import type { ServerResponse } from 'node:http';
import type { AccessKey } from '../access-key.ts';
import type { Clock } from '../clock.ts';
import type { Dialect } from '../dialect.ts';
import type { ProxyError } from '../errors.ts';
import type { Received, Route } from '../exchange.ts';
import type { RequestRecord } from '../record.ts';
import type { Next } from '../stage.ts';
import type { Admission } from './admission.ts';
import type { ClientConnections } from './client-connections.ts';
import type { Guarded, RequestHead } from './guard.ts';
import type { Load } from './load.ts';
import type { BodyReader } from './request-body.ts';

/** Who is told of exchanges. */
export interface Sinks {
  /** An exchange goes into the pipeline. */
  readonly started: (record: RequestRecord) => void;
  /** Its record is complete. Gives it as JSON. */
  readonly ended: (record: RequestRecord) => string;
  /** Runs once everything that was ended so far is kept, or when that takes too long. */
  readonly whenKept: (run: () => void) => void;
  /** Its last bytes have gone. @param json what `ended` gave */
  readonly over: (record: RequestRecord, json: string) => void;
  /** A request was refused before it became an exchange. */
  readonly refused: (error: ProxyError) => void;
  /** Something threw that should not have. */
  readonly fault: (error: ProxyError, requestId: string) => void;
}

/** An answer of one of tokenpak's own endpoints. It writes its head and body itself. */
export type OwnAnswer = (response: ServerResponse, requestId: string) => void;

interface PresentedKeys {
  readonly url: string;
  readonly headers: readonly string[];
  readonly keys: readonly string[];
}

interface RoutedHead {
  readonly route: Route;
  readonly query: string;
  /** The access key that stood in the path, or null. */
  readonly accessKey: string | null;
}

/** What an exchange is made with: the server's parts, each made once. */
export interface ServerParts {
  readonly clock: Clock;
  readonly guard: (head: RequestHead) => Guarded;
  /** The head without its access keys; null where it has none. */
  readonly takeKeys: (url: string, headers: readonly string[]) => PresentedKeys | null;
  /** Whose the request is by its access keys; throws where they do not let it in. */
  readonly admitKeys: (keys: readonly string[]) => AccessKey | null;
  /** Finds the endpoint; throws for unknown paths and wrong methods. */
  readonly route: (method: string, url: string) => RoutedHead;
  readonly dialectOfPath: (url: string) => Dialect | null;
  /** One of tokenpak's own endpoints, or null. */
  readonly own: (method: string, url: string) => OwnAnswer | null;
  readonly connections: ClientConnections;
  readonly load: Load;
  readonly admission: Admission;
  readonly bodies: BodyReader;
  readonly declaredLength: (headers: readonly string[]) => number | 'chunked';
  /** Reads the reference once an exchange, so that a reload changes only what comes after it. */
  readonly pipeline: Next<Received>;
  readonly sinks: Sinks;
  readonly newId: () => string;
  /** Whether connections are to be closed behind their answers. */
  readonly isDraining: () => boolean;
}

/** Of these, what an exchange needs once it has been let in: whoever sends one in by another way than HTTP has them too. */
export interface ExchangeParts extends Pick<
  ServerParts,
  'clock' | 'admission' | 'declaredLength' | 'pipeline' | 'sinks'
> {
  readonly bodies: Pick<BodyReader, 'read' | 'release'>;
}

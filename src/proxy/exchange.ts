import type { Readable } from 'node:stream';
import type { AccessKey } from './access-key.ts';
import type { Dialect } from './dialect.ts';
import type { IntentKind, RequestRecord } from './record.ts';

/** A request's body: none, whole in memory (JSON endpoints), or streamed with back-pressure (files, audio, multipart). */
export type RequestBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'bytes'; readonly bytes: Buffer; readonly memory?: MemoryHold }
  | { readonly kind: 'stream'; readonly stream: Readable; readonly length: number | null };

/** Bytes whose memory serves another request once nobody holds it: who reads them later than the exchange itself holds them meanwhile. */
export interface MemoryHold {
  /** Too late, and without effect, once nobody holds it. */
  readonly hold: () => void;
  /** Once for each `hold`. */
  readonly release: () => void;
  /** Gives the offset behind the JSON object or list that begins at `from`, or 0 where that is not to be had quickly. */
  readonly skipNested: (from: number) => number;
}

/** What the table of paths knows of an endpoint. */
export interface Endpoint {
  readonly dialect: Dialect;
  readonly intent: IntentKind;
  /** `json`: the body is read whole before it is forwarded. `stream`: it passes as it comes, without a cap of ours. */
  readonly body: 'json' | 'stream';
  /** Whether replies can bring a usage that is billed by tokens. */
  readonly metered: boolean;
  /** Several providers serve this path; the credential headers tell which is meant. */
  readonly shared: boolean;
  readonly methods: readonly string[];
}

/** Where a request wants to go, told from its method and path alone. */
export interface Route {
  readonly endpoint: Endpoint;
  /** The path to ask the provider for, prefixes and doubled versions taken off. */
  readonly path: string;
  /** Named by the `/PROVIDER/` prefix, or null. */
  readonly provider: string | null;
  /** Named by the `/p/PROJECT/` prefix, or null. */
  readonly project: string | null;
  /** The model that the path itself names (Gemini), or null. */
  readonly model: string | null;
  /** What the path says of streaming (Gemini's method); null where the body decides. */
  readonly streamed: boolean | null;
}

/** Tells when the client has left before its answer was complete. */
export interface Client {
  readonly gone: boolean;
  /** Called at most once; at once if the client has already left. */
  readonly onGone: (run: () => void) => void;
}

/** Byte offsets in a body: `start` inclusive, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The fields of a request that routing and metering need, read by a scanner over the bytes. Of a duplicated key the last value counts. */
export interface Envelope {
  readonly model: string | null;
  /** Its value, quotes included. This and the other places are null where the body is compressed: they would be of other bytes. */
  readonly modelSpan: Span | null;
  readonly stream: boolean;
  /** The value of `stream_options`, or null where there is none. */
  readonly streamOptions: Span | null;
  /** `stream_options.include_usage`, or null where it is not set. */
  readonly includeUsage: boolean | null;
  /** The request's own output limit in tokens, or null. */
  readonly maxTokens: number | null;
  /** How many answers it asks for at once (`n`, `best_of`, `candidateCount`, times the prompts of a list); 1 where it does not say. */
  readonly choices: number;
  readonly tools: boolean;
  /** The service tier, or the speed `fast`, that it asks for. */
  readonly serviceTier: string | null;
  /** Just behind the opening brace, where a member can be spliced in; null where the body is compressed. */
  readonly membersStart: number | null;
  /** Keys of this list that stand twice. */
  readonly duplicates: readonly string[];
  /** The answer is worked out whether anybody waits for it or not; absent where the request says nothing of that. */
  readonly background?: boolean;
  /** How long the body is without its coding; absent where it has none. */
  readonly decodedBytes?: number;
}

/** An exchange of which the path and the bytes are known. */
export interface Received {
  readonly id: string;
  readonly method: string;
  readonly route: Route;
  /** With its question mark, or ''. */
  readonly query: string;
  /** Raw name, value, name, value, … as received. */
  readonly headers: readonly string[];
  readonly body: RequestBody;
  readonly client: Client;
  /** What the access key that it came with says and allows; null where it came without one. */
  readonly access: AccessKey | null;
  readonly record: RequestRecord;
  /** What is held for this exchange is given back through `settle`, called once with the finished record, whatever happened. */
  readonly hold: (settle: Settle) => void;
}

export type Settle = (record: RequestRecord) => void;

/** A change to a body: `text` stands in the place of these bytes of the client's own. */
export interface BodyEdit extends Span {
  readonly text: string;
}

/** Makes the change that a target needs, or null. */
export type EditFor = (target: Target) => BodyEdit | null;

/** Lets an attempt at a target begin: throws a `ProxyError`, or gives what is to be called if the attempt fails and another follows. */
export type Admit = (target: Target) => () => void;

/** An exchange of which the dialect and the model are known too. */
export interface Call extends Received {
  readonly dialect: Dialect;
  /** The model that is asked of the provider; null where the request names none. */
  readonly model: string | null;
  readonly streamed: boolean;
  /** Null for bodies that are not JSON, or not held. */
  readonly envelope: Envelope | null;
  /** What stages have changed in the body, target by target; their places are those of the envelope. */
  readonly edits: EditFor[];
  /** The body to send to a target: the client's own bytes unless a stage had to splice something in. */
  readonly bodyFor: (target: Target) => RequestBody;
  /** Called before each attempt. A stage puts its own in front of it: a copy of the call would cost more. */
  admit: Admit;
}

/** A provider with all that one attempt needs. */
export interface Target {
  readonly provider: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path and query to ask for. */
  readonly path: string;
  /** The model to ask for; null where the request names none. */
  readonly model: string | null;
  /** Replaces the client's credential headers, raw pairs; null forwards the client's own. */
  readonly credential: readonly string[] | null;
  /** Marked local by the user: it costs nothing, exactly. */
  readonly local: boolean;
  /** May be reached at loopback and private addresses: marked local, or its URL names a loopback host. */
  readonly allowsPrivate: boolean;
  /** How long it may take to the first byte of its body, in milliseconds; null: as configured for all. */
  readonly firstByteMs: number | null;
}

/** An exchange of which the provider is known too. */
export interface RoutedCall extends Call {
  readonly target: Target;
}

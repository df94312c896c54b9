interface EndpointDescription {
  readonly summary: string;
  /** Query parameters and what they mean. */
  readonly query?: Readonly<Record<string, string>>;
}

/** tokenpak's own endpoints. All answer GET and HEAD, none changes anything. */
export const endpointList = {
  '/': { summary: 'What this is, and what can be asked.' },
  '/api/hello': { summary: 'The same, for clients that look whether somebody is here before they begin.' },
  '/health': {
    summary: 'How the proxy does. Answers 200 whatever the status; from memory, unless asked deeply.',
    query: {
      deep: '`true` adds memory, disk, event loop and providers. A connection to each provider is opened and closed, without a request or a key, at most every 30 seconds.',
    },
  },
  '/livez': { summary: 'Whether the process lives: 200 as long as it can answer.' },
  '/readyz': { summary: 'Whether it takes new requests: 200, or 503 while it stops.' },
  '/stats': { summary: 'The snapshot: counters, money and latencies of this run, of recent windows and by name.' },
  '/stats/last': { summary: 'The request that finished last; 404 before the first.' },
  '/stats/session': {
    summary: 'What this run came to, or one session of it; 404 for a session that is not known.',
    query: { session: "The session's name." },
  },
  '/recent': {
    summary: 'Finished requests, newest first; the last 500 are kept.',
    query: { limit: 'How many at most, 1 to 500; 100 if not given.' },
  },
  '/traces': {
    summary: 'Requests whose way through the proxy is known, newest first; the last 200 are kept.',
    query: { limit: 'How many at most, 1 to 200; 100 if not given.' },
  },
  '/trace/{id}': { summary: "One request's way through the proxy, stage by stage; 404 when it is not known any more." },
  '/events': { summary: 'What changes, as server-sent events.' },
  '/metrics': { summary: 'Metrics in the text format of Prometheus; 404 with `metrics: off`.' },
} as const satisfies Record<string, EndpointDescription>;

export type OwnPath = keyof typeof endpointList;

/** The same, for those who walk over it. */
export const endpoints: readonly (readonly [OwnPath, EndpointDescription])[] = Object.entries(
  endpointList,
) as (readonly [OwnPath, EndpointDescription])[];

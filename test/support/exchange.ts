import { withEdits } from '../../src/proxy/body-edits.ts';
import type { Call, EditFor, Endpoint, Received, RequestBody, Route } from '../../src/proxy/exchange.ts';
import { requestRecord } from './request-record.ts';

const endpoint: Endpoint = {
  dialect: 'anthropic-messages',
  intent: 'generate',
  body: 'json',
  metered: true,
  shared: false,
  methods: ['POST'],
};
const route: Route = { endpoint, path: '/v1/messages', provider: null, project: null, model: null, streamed: null };

/** The parts of an exchange that a test names, over those of a plain request to Anthropic. */
export interface ReceivedParts extends Partial<Omit<Received, 'route' | 'body'>> {
  readonly route?: Partial<Route>;
  readonly endpoint?: Partial<Endpoint>;
  readonly body?: RequestBody | string;
}

export function received({ body = '{}', ...parts }: ReceivedParts = {}): Received {
  return {
    id: 'tp_test',
    method: 'POST',
    query: '',
    headers: [],
    client: { gone: false, onGone: () => undefined },
    access: null,
    hold: () => undefined,
    record: requestRecord({ provider: null, model: null, askedModel: null, attempts: [] }),
    ...parts,
    route: { ...route, ...parts.route, endpoint: { ...endpoint, ...parts.endpoint } },
    body: typeof body === 'string' ? { kind: 'bytes', bytes: Buffer.from(body) } : body,
  };
}

export type CallParts = ReceivedParts & Partial<Pick<Call, 'dialect' | 'model' | 'streamed' | 'envelope'>>;

export function call(parts: CallParts = {}): Call {
  const base = received(parts);
  const edits: EditFor[] = [];
  return {
    ...base,
    dialect: parts.dialect ?? base.route.endpoint.dialect,
    model: parts.model ?? null,
    streamed: parts.streamed ?? false,
    envelope: parts.envelope ?? null,
    edits,
    bodyFor: (target) => withEdits(base.body, edits, target),
    admit: () => () => undefined,
  };
}

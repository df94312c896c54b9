import { ProxyError } from '../errors.ts';
import type { Call, Envelope, Received } from '../exchange.ts';
import { headerOf } from '../raw-headers.ts';
import type { Reply } from '../reply.ts';
import type { Next, Stage } from '../stage.ts';
import { callerOf } from './caller.ts';
import { codingOf } from '../content-coding.ts';
import { decodeBody } from './decode.ts';
import { readEnvelope } from './envelope.ts';
import { intentOf } from './intent.ts';
import { cleanName } from './names.ts';
import { dialectOfClient } from './shared-paths.ts';

/** Reads from a request's path, headers and envelope what it asks for: dialect, model, streaming, intent, caller. */
export function requestRouter(): Stage<Received, Call> {
  return { name: 'request-router', handle };
}

function handle(received: Received, next: Next<Call>): Promise<Reply> {
  const { body, route, headers } = received;
  if (route.endpoint.body !== 'json' || body.kind === 'stream') return next(callOf(received, null));
  if (body.kind === 'none') throw new ProxyError('invalid_request', 'the body is empty; expected a JSON object');
  const coding = codingOf(headerOf(headers, 'content-encoding'));
  if (coding === null) return next(callOf(received, readEnvelope(body.bytes, body.memory)));
  if (coding === 'unreadable') return next(callOf(received, null));
  return decodeBody(body.bytes, coding).then((decoded) => next(callOf(received, withoutPlaces(readEnvelope(decoded)))));
}

/** The places in a decoded body are not those in the bytes that are sent: nothing can be spliced in there. */
function withoutPlaces(envelope: Envelope): Envelope {
  return { ...envelope, modelSpan: null, streamOptions: null, membersStart: null };
}

function callOf(received: Received, envelope: Envelope | null): Call {
  const { id, method, route, query, headers, body, client, record } = received;
  const { endpoint } = route;
  const dialect = endpoint.shared ? dialectOfClient(headers, query, endpoint.dialect) : endpoint.dialect;
  const model = route.model ?? envelope?.model ?? null;
  const streamed = route.streamed ?? envelope?.stream ?? false;
  record.dialect = dialect;
  record.askedModel = record.model = cleanName(model);
  record.caller = callerOf(headers, record.caller.address, route.project);
  record.intent = intentOf({ kind: endpoint.intent, streamed, tools: envelope?.tools ?? false }, headers);
  const bodyFor = () => body;
  // Named one by one: a spread of so many fields costs more than everything else in this stage.
  return { id, method, route, query, headers, body, client, record, dialect, model, streamed, envelope, bodyFor };
}

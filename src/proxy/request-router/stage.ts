import { ProxyError } from '../errors.ts';
import { withEdits } from '../body-edits.ts';
import { modelEdit, withModel } from '../model-name.ts';
import { resolveAliases } from './aliases.ts';
import type { Call, EditFor, Envelope, Received, RequestBody, Route, Settle } from '../exchange.ts';
import { headerOf } from '../raw-headers.ts';
import type { Reply } from '../reply.ts';
import type { Next, Stage } from '../stage.ts';
import { checkModel } from './allowed-model.ts';
import { callerOf } from './caller.ts';
import { codingOf } from '../content-coding.ts';
import { decodeBody } from './decode.ts';
import { readEnvelope } from './envelope.ts';
import { intentOf } from './intent.ts';
import { cleanName } from './names.ts';
import { dialectOfClient } from './shared-paths.ts';

/** The models that stand behind aliases, by alias. */
type Aliases = ReadonlyMap<string, string>;

/** Reads from a request's path, headers and envelope what it asks for: dialect, model, streaming, intent, caller. */
export function requestRouter(named: Readonly<Record<string, string>>): Stage<Received, Call> {
  const aliases = resolveAliases(named).models;

  function handle(received: Received, next: Next<Call>): Promise<Reply> {
    const { body, route, headers } = received;
    if (route.endpoint.body !== 'json' || body.kind === 'stream') return next(callOf(received, null, aliases));
    if (body.kind === 'none') throw new ProxyError('invalid_request', 'the body is empty; expected a JSON object');
    const coding = codingOf(headerOf(headers, 'content-encoding'));
    if (coding === null) return next(callOf(received, readEnvelope(body.bytes, body.memory), aliases));
    if (coding === 'unreadable') return next(callOf(received, null, aliases));
    return decodeBody(body.bytes, coding).then((decoded) =>
      next(callOf(received, { ...withoutPlaces(readEnvelope(decoded)), decodedBytes: decoded.length }, aliases)),
    );
  }

  return { name: 'request-router', handle };
}

/** The places in a decoded body are not those in the bytes that are sent: nothing can be spliced in there. */
function withoutPlaces(envelope: Envelope): Envelope {
  return { ...envelope, modelSpan: null, streamOptions: null, membersStart: null };
}

const nothing = (): void => undefined;
/** Of who limits nothing. */
const admit = () => nothing;

function callOf(received: Received, envelope: Envelope | null, aliases: Aliases): Call {
  const { id, method, query, headers, body, client, access, record } = received;
  const { endpoint } = received.route;
  const dialect = endpoint.shared ? dialectOfClient(headers, query, endpoint.dialect) : endpoint.dialect;
  const asked = received.route.model ?? envelope?.model ?? null;
  const { model, route } = behindAlias(asked, received.route, aliases);
  const streamed = route.streamed ?? envelope?.stream ?? false;
  record.dialect = dialect;
  record.askedModel = cleanName(asked);
  record.model = model === asked ? record.askedModel : cleanName(model);
  record.caller = callerOf(headers, record.caller.address, route.project, access);
  record.intent = intentOf({ kind: endpoint.intent, streamed, tools: envelope?.tools ?? false }, headers);
  if (access !== null) checkModel(access, { method, route, envelope, model });
  const hold = (settle: Settle): void => received.hold(settle);
  const edits: EditFor[] = [];
  const bodyFor = bodiesOf(body, named(envelope, asked), edits);
  // Named one by one: a spread of so many fields costs more than everything else in this stage.
  return {
    id,
    method,
    route,
    query,
    headers,
    body,
    client,
    access,
    record,
    hold,
    dialect,
    model,
    streamed,
    envelope,
    edits,
    bodyFor,
    admit,
  };
}

/** The envelope, where it is the body that names the model. */
function named(envelope: Envelope | null, asked: string | null): Envelope | null {
  return envelope?.model === asked ? envelope : null;
}

/** The model that is meant, in the path too where that names it. */
function behindAlias(asked: string | null, route: Route, aliases: Aliases): Pick<Call, 'model' | 'route'> {
  const model = asked === null || aliases.size === 0 ? undefined : aliases.get(asked);
  return model === undefined ? { model: asked, route } : { model, route: withModel(route, model) };
}

/**
 * What a body is sent as: the client's own bytes, unless a stage has changed something, or the target is asked for
 * another model.
 * @param envelope null where the body does not name the model
 */
function bodiesOf(body: RequestBody, envelope: Envelope | null, edits: readonly EditFor[]): Call['bodyFor'] {
  return (target) => {
    const { model } = target;
    const isRenamed = envelope !== null && model !== null && model !== envelope.model;
    if (!isRenamed) return edits.length === 0 ? body : withEdits(body, edits, target);
    const renaming = modelEdit(envelope, model);
    return withEdits(body, [() => renaming, ...edits], target);
  };
}

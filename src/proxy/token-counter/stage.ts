import type { Call } from '../exchange.ts';
import { headerOf } from '../raw-headers.ts';
import type { Reply } from '../reply.ts';
import type { Next, Stage } from '../stage.ts';
import { includeUsage } from './include-usage.ts';
import { meter, type MeterParts } from './meter.ts';
import type { UsageOption } from './options.ts';
import { free, unpriced } from './prices/pricing.ts';
import { withoutUsageChunk } from './usage-chunk.ts';
import type { UsageProgress } from './usage-progress.ts';

export interface TokenCounterParts extends MeterParts {
  readonly usage: UsageOption;
  readonly progress: UsageProgress;
}

/** The provider whose Chat streams tell their usage only if asked, and whose answer to being asked is known exactly. */
const asksForUsage = 'openai';

/** Counts what a reply bills. On the way in, it has a Chat stream tell its usage where the client did not ask for it. */
export function tokenCounter(parts: TokenCounterParts): Stage<Call> {
  function handle(call: Call, next: Next<Call>): Promise<Reply> {
    if (!call.route.endpoint.metered) return next(call).then((reply) => unmetered(call, reply));
    const asked = parts.usage === 'inject' ? askForUsage(call) : null;
    return next(call).then((reply) => metered(call, reply, asked));
  }

  function metered(call: Call, reply: Reply, asked: WasAsked | null): Reply {
    const { status, layers } = reply;
    const observer = meter({ call, status, subscription: isSubscription(call) }, parts);
    layers.push({ observer });
    if (call.streamed) {
      parts.progress.follow(call.record, observer.live);
      layers.push({ observer: { ended: (_outcome, record) => parts.progress.forget(record) } });
    }
    // What is compressed cannot be changed on its way: there, the client is told the usage that it did not ask for.
    if (asked?.() && status < 300 && headerOf(reply.headers, 'content-encoding') === null) {
      layers.push({ transform: withoutUsageChunk() });
    }
    return reply;
  }

  return { name: 'token-counter', handle };
}

function unmetered({ record }: Call, reply: Reply): Reply {
  const { kind } = record.intent;
  if (kind === 'count' || kind === 'list' || reply.status >= 400) record.cost = free;
  else {
    record.cost = unpriced('unmetered');
    record.exactness = 'unmetered';
  }
  return reply;
}

/** Whether the request that was answered had been made to ask. */
type WasAsked = () => boolean;

/** Null where the client asked by itself, or there is nothing to ask for. */
function askForUsage({ dialect, streamed, envelope, body, edits }: Call): WasAsked | null {
  if (dialect !== 'openai-chat' || !streamed || envelope === null || envelope.includeUsage === true) return null;
  if (body.kind !== 'bytes') return null;
  let asked = false;
  edits.push(({ provider }) => {
    const edit = provider === asksForUsage ? includeUsage(body.bytes, envelope) : null;
    asked = edit !== null;
    return edit;
  });
  return () => asked;
}

/**
 * Claude's plans sign in by OAuth, whose tokens bear this prefix. An API key beside one decides, and is billed. A target
 * that a route has chosen besides the one that was meant was not sent the token.
 */
function isSubscription({ headers, record }: Call): boolean {
  if (record.route !== null && record.provider !== 'anthropic') return false;
  const authorization = headerOf(headers, 'authorization');
  return (
    authorization !== null && /^bearer\s+sk-ant-oat/i.test(authorization) && headerOf(headers, 'x-api-key') === null
  );
}

import type { Clock } from '../clock.ts';
import { ProxyError } from '../errors.ts';
import type { RoutedCall } from '../exchange.ts';
import { headerOf } from '../raw-headers.ts';
import type { AttemptCause, Outcome } from '../record.ts';
import type { Reply } from '../reply.ts';
import { sseDecoder } from '../sse-decoder.ts';
import { errorIn } from '../stream-error.ts';
import type { StreamEvent } from '../stream-events.ts';
import { causeOfError, causeOfStatus, causeOfStreamError, isContextLength, isQuota } from './attempt-cause.ts';
import { HeldBody } from './held-body.ts';
import type { Rule } from './rule.ts';

/** What a reply turned out to be before a byte of it has gone on. */
export interface Checked {
  /** With what was taken of its body. */
  readonly reply: Reply;
  /** Why the next target should be asked instead; null where this is the answer. */
  readonly cause: AttemptCause | null;
  readonly outcome: Outcome;
  /** Of ours, where the reply is not to be used at all. */
  readonly error?: ProxyError;
}

export interface CheckParts {
  readonly clock: Clock;
  readonly rule: Rule;
  /** When the attempt began, monotonic milliseconds. */
  readonly startedAt: number;
}

/** Judges a reply by its status, then by what comes first of its body: its first event, or all of it where it is short. */
export async function checkReply(call: RoutedCall, reply: Reply, parts: CheckParts): Promise<Checked> {
  const { failoverOn } = parts.rule;
  const cause = causeOfStatus(reply.status);
  if (cause === '429' && failoverOn.has('429') !== failoverOn.has('quota')) return checkLimit(reply);
  if (cause !== null) return { reply, cause, outcome: 'upstream_error' };
  if (reply.status >= 400) {
    return failoverOn.has('contextLength') ? checkRefusal(reply) : { reply, cause: null, outcome: 'upstream_error' };
  }
  if (!reply.hasBody) return { reply, cause: null, outcome: 'ok' };
  return call.streamed ? checkStream(call, reply, parts) : checkWhole(reply);
}

async function checkRefusal(reply: Reply): Promise<Checked> {
  const { held, text } = await heldError(reply);
  return { reply: held, cause: text && isContextLength(text) ? 'contextLength' : null, outcome: 'upstream_error' };
}

/** To be slower and to have nothing left are told by one status. */
async function checkLimit(reply: Reply): Promise<Checked> {
  const { held, text } = await heldError(reply);
  return { reply: held, cause: text && isQuota(text) ? 'quota' : '429', outcome: 'upstream_error' };
}

/** An error with its body, or without where that cannot be read. */
async function heldError(reply: Reply): Promise<{ readonly held: Reply; readonly text: Buffer | null }> {
  if (isEncoded(reply) || !reply.hasBody) return { held: reply, text: null };
  const body = new HeldBody(reply.body);
  await body.begin(() => false);
  return { held: { ...reply, body }, text: body.isComplete ? body.bytes() : null };
}

/** It is held back by the relay until it is complete anyway: up to then, another target can still be asked. */
async function checkWhole(reply: Reply): Promise<Checked> {
  const body = new HeldBody(reply.body);
  await body.begin(() => false);
  return checked(reply, body, null);
}

async function checkStream(call: RoutedCall, reply: Reply, parts: CheckParts): Promise<Checked> {
  const body = new HeldBody(reply.body);
  let first: StreamEvent | null = null;
  const decoder = sseDecoder((event) => {
    if (first === null && event.name !== 'ping') first = event;
  });
  const isEvents = !isEncoded(reply) && (headerOf(reply.headers, 'content-type') ?? '').includes('event-stream');
  const begun = body.begin((chunk) => {
    if (!isEvents) return true;
    decoder.push(chunk);
    return first !== null;
  });
  if (await isLate(begun, parts)) {
    const error = lateError(call, parts.rule);
    return { reply: { ...reply, body }, cause: 'timeout', outcome: 'upstream_timeout', error };
  }
  return checked(reply, body, first);
}

function checked(reply: Reply, body: HeldBody, first: StreamEvent | null): Checked {
  const held = { ...reply, body };
  if (body.failure) return { reply: held, cause: causeOfError(body.failure), outcome: outcomeOf(body.failure) };
  const error = first === null ? null : errorIn(first);
  if (error !== null) return { reply: held, cause: causeOfStreamError(error), outcome: 'upstream_stream_error' };
  return { reply: held, cause: null, outcome: 'ok' };
}

function outcomeOf({ code }: ProxyError): Outcome {
  return code === 'upstream_timeout' ? 'upstream_timeout' : 'upstream_truncated';
}

/** Whether the rule's time for the first event passes before it comes. */
function isLate(begun: Promise<void>, { clock, rule, startedAt }: CheckParts): Promise<boolean> {
  if (rule.firstTokenMs === null) return begun.then(() => false);
  const leftMs = Math.max(0, startedAt + rule.firstTokenMs - clock.now());
  return new Promise((resolve) => {
    const cancel = clock.after(leftMs, () => resolve(true));
    void begun.then(() => {
      cancel();
      resolve(false);
    });
  });
}

function isEncoded({ headers }: Reply): boolean {
  const coding = headerOf(headers, 'content-encoding');
  return coding !== null && coding !== 'identity';
}

function lateError(call: RoutedCall, { firstTokenMs }: Rule): ProxyError {
  const what = `${call.target.provider} sent no event within ${firstTokenMs} ms`;
  return new ProxyError('upstream_timeout', what, { isNeutral: true });
}

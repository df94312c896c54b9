import { Bag } from '../bag.ts';
import type { Clock } from '../clock.ts';
import { ProxyError } from '../errors.ts';
import { deadlineOptions, type DeadlineOptions } from './options.ts';
import type { UpstreamCall } from './upstream-call.ts';

const sweepMs = 100;
const defaults = deadlineOptions.parse({});

/** A deadline that has passed. */
interface Late {
  readonly what: string;
  /** The user has made it shorter than providers may need: that it passed says nothing of their health. */
  readonly isNeutral: boolean;
}

export interface Deadlines {
  readonly add: (call: UpstreamCall) => void;
  readonly remove: (call: UpstreamCall) => void;
  readonly configure: (options: DeadlineOptions) => void;
  readonly close: () => void;
}

/**
 * Ends calls whose provider takes too long: to send a head, between bytes, in all. One list, looked through each 100 ms:
 * a timer a call would cost more than the call's own bookkeeping. The connection's own deadline is undici's.
 */
export function createDeadlines(initial: DeadlineOptions, clock: Clock): Deadlines {
  let options = initial;
  const calls = new Bag<UpstreamCall>();
  const sweep = (): void => {
    const now = clock.now();
    for (const call of calls) {
      const late = overdue(call, now);
      if (late !== null) breakOff(call, late);
    }
  };
  const overdue = (call: UpstreamCall, now: number): Late | null =>
    tooLateToEnd(call, now, options) ?? tooLateToBegin(call, now, options) ?? tooSilent(call, now, options);
  const stop = clock.every(sweepMs, sweep);
  return {
    add: (call) => calls.add(call),
    remove: (call) => void calls.delete(call),
    configure: (next) => void (options = next),
    close: stop,
  };
}

function tooLateToEnd(call: UpstreamCall, now: number, options: DeadlineOptions): Late | null {
  const { totalMs } = options;
  if (totalMs === 0 || now - call.sending.beganAt <= totalMs) return null;
  const isNeutral = call.hasBegun || totalMs < defaults[firstByteOf(call)];
  return { what: `did not finish within ${totalMs} ms`, isNeutral };
}

/** The deadline of one target counts to the first byte of its body, however often it is heard of or tried again before. */
function tooLateToBegin(call: UpstreamCall, now: number, options: DeadlineOptions): Late | null {
  const ownMs = call.sending.call.target.firstByteMs;
  if (ownMs !== null && !call.hasBegun && now - call.triedSince > ownMs) {
    return { what: `did not begin to answer within ${ownMs} ms`, isNeutral: true };
  }
  if (call.waiting !== 'head') return null;
  const name = firstByteOf(call);
  const firstByteMs = options[name];
  if (firstByteMs === 0 || now - call.heardAt <= firstByteMs) return null;
  return { what: `did not answer within ${firstByteMs} ms`, isNeutral: firstByteMs < defaults[name] };
}

function tooSilent(call: UpstreamCall, now: number, { idleMs }: DeadlineOptions): Late | null {
  if (call.waiting !== 'body' || idleMs === 0 || now - call.heardAt <= idleMs) return null;
  return { what: `sent nothing for ${idleMs} ms`, isNeutral: idleMs < defaults.idleMs };
}

function firstByteOf({ sending }: UpstreamCall): 'firstByteMs' | 'firstBytePlainMs' {
  return sending.call.streamed ? 'firstByteMs' : 'firstBytePlainMs';
}

function breakOff(call: UpstreamCall, { what, isNeutral }: Late): void {
  const { attempt, call: of } = call.sending;
  if (isNeutral) attempt.isNeutral = true;
  call.breakOff(new ProxyError('upstream_timeout', `${of.target.provider} ${what}`, { isNeutral }));
}

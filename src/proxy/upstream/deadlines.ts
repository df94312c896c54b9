import { Bag } from '../bag.ts';
import type { Clock } from '../clock.ts';
import { ProxyError } from '../errors.ts';
import type { DeadlineOptions } from './options.ts';
import type { UpstreamCall } from './upstream-call.ts';

const sweepMs = 100;

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
      const what = overdue(call, now);
      if (what) call.breakOff(new ProxyError('upstream_timeout', `${call.sending.call.target.provider} ${what}`));
    }
  };
  const overdue = (call: UpstreamCall, now: number): string | null => {
    const { totalMs, idleMs } = options;
    if (totalMs > 0 && now - call.startedAt > totalMs) return `did not finish within ${totalMs} ms`;
    const firstByteMs = call.sending.call.streamed ? options.firstByteMs : options.firstBytePlainMs;
    const silence = now - call.heardAt;
    if (call.waiting === 'head' && firstByteMs > 0 && silence > firstByteMs)
      return `did not answer within ${firstByteMs} ms`;
    if (call.waiting === 'body' && idleMs > 0 && silence > idleMs) return `sent nothing for ${idleMs} ms`;
    return null;
  };
  const stop = clock.every(sweepMs, sweep);
  return {
    add: (call) => calls.add(call),
    remove: (call) => void calls.delete(call),
    configure: (next) => void (options = next),
    close: stop,
  };
}

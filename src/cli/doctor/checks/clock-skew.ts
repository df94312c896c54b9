import { isLocalUrl } from '../local-url.ts';
import type { Check, Finding } from '../check.ts';
import { ok, skip, warn } from '../finding.ts';

const bearableMs = 120_000;
/** Who is slower says nothing of the clock; what it takes is not for this check to judge. */
const answerMs = 1500;

/** Whether this machine's clock agrees with that of a provider: a `HEAD` of its first page, without a key. */
export const clockSkew: Check = {
  id: 'clock.skew',
  group: 'runtime',
  run: async ({ config, isOffline, signal }) => {
    const { loaded } = await config();
    const providers = Object.values(loaded?.config.providers ?? {}).filter(
      ({ baseUrl }) => !isOffline || isLocalUrl(baseUrl),
    );
    if (providers.length === 0) return skip('no provider may be asked');
    const soon = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
    const asked = providers.map(({ baseUrl, proxy = null }) => skewOf({ url: baseUrl, proxy, signal: soon }));
    return Promise.any(asked).then(skewFinding, () => skip('no provider answers'));
  },
};

/** @param skewMs how far the provider's clock is ahead */
export function skewFinding(skewMs: number): Finding {
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  if (Math.abs(skewMs) <= bearableMs) return ok('the clock is right');
  const off = seconds < 3600 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
  return warn(
    `the clock is ${off} ${skewMs > 0 ? 'behind' : 'ahead of'} a provider's`,
    'Costs fall on the wrong day, budgets begin at the wrong time, and certificates may count as expired.',
    process.platform === 'linux' ? ['sudo timedatectl set-ntp true'] : [],
  );
}

interface Asked {
  readonly url: string;
  readonly proxy: string | null;
  readonly signal: AbortSignal;
}

/** `Date` tells whole seconds: half a second is the mean of what it leaves out. */
async function skewOf({ url, proxy, signal }: Asked): Promise<number> {
  const { Agent, ProxyAgent, request } = await import('undici');
  const dispatcher = proxy === null ? new Agent() : new ProxyAgent(proxy);
  try {
    const startedMs = Date.now();
    const { headers, body } = await request(new URL(url).origin, { method: 'HEAD', dispatcher, signal });
    const middleMs = (startedMs + Date.now()) / 2;
    await body.dump();
    const theirsMs = Date.parse(String(headers.date));
    if (Number.isNaN(theirsMs)) throw new Error('it tells no time');
    return theirsMs + 500 - middleMs;
  } finally {
    void dispatcher.destroy();
  }
}

import { describe, expect, it } from 'vitest';
import { type LedgerReader, type LoggedRequest, missedRequests } from './newest-requests.ts';

const noon = Date.UTC(2026, 10, 22, 12);

interface Ended {
  readonly id: string;
  /** Seconds from noon. */
  readonly began: number;
  readonly tookMs: number | null;
  readonly outcome?: string;
}

/** Records as a reader gives them, the newest first. */
function reader(...requests: readonly Ended[]): Pick<LedgerReader, 'records'> {
  return {
    async *records({ since = 0 }) {
      for (const { id, began, tookMs, outcome = 'ok' } of requests.toReversed()) {
        const time = new Date(noon + began * 1000);
        const request = { id, time: time.toISOString(), outcome, latency_ms: { overhead: 1, total: tookMs } };
        if (time.getTime() < since) continue;
        yield await Promise.resolve({ type: 'end' as const, request, error: null, isDemo: false, why: null });
      }
    },
  };
}

async function missed(since: number, followedSince: number, ...requests: readonly Ended[]): Promise<string[]> {
  const silence = { since: noon + since * 1000, followedSince: noon + followedSince * 1000 };
  return (await missedRequests(reader(...requests), silence)).map(({ id }: LoggedRequest) => id);
}

describe('the requests that nobody told of', () => {
  it('ended in the silence, whenever they began', async () => {
    const ended = await missed(
      ...[100, 0],
      { id: 'over', began: 0, tookMs: 99_000 },
      { id: 'long', began: 10, tookMs: 95_000 },
      { id: 'late', began: 101, tookMs: 5 },
    );
    expect(ended).toEqual(['long', 'late']);
  });

  it('are those of a crash that began while somebody listened', async () => {
    const crashed = { tookMs: null, outcome: 'crash_unknown' } as const;
    expect(
      await missed(100, 50, { id: 'earlier', began: 40, ...crashed }, { id: 'now', began: 60, ...crashed }),
    ).toEqual(['now']);
  });
});

import type { StageFacts } from './proof-report.ts';

interface Bucket {
  /** Seconds; Infinity for the last. */
  readonly le: number;
  /** How many were not longer. */
  readonly count: number;
}

/** Names of S1-6's histograms in a report; the stages of the pipeline have theirs from their label. */
const titles: Readonly<Record<string, string>> = {
  tokenpak_proxy_auth_duration_seconds: 'access key',
  tokenpak_proxy_directive_resolve_duration_seconds: 'settings of a key',
  tokenpak_proxy_overhead_duration_seconds: 'all of the proxy',
  tokenpak_proxy_provider_duration_seconds: 'provider',
  tokenpak_proxy_request_duration_seconds: 'whole request',
};
const stageHistogram = 'tokenpak_proxy_stage_duration_seconds';

function titleOf(name: string, labels: string): string | null {
  if (name === stageHistogram) return /\bstage="([^"]*)"/.exec(labels)?.[1] ?? null;
  return titles[name] ?? null;
}

/** Cumulative buckets by stage, as the Prometheus text format writes them (https://prometheus.io/docs/instrumenting/exposition_formats/). */
function bucketsIn(text: string): Map<string, Bucket[]> {
  const found = new Map<string, Bucket[]>();
  for (const [, name = '', labels = '', count] of text.matchAll(/^(\w+)_bucket\{([^}]*)\} (\d+)/gm)) {
    const title = titleOf(name, labels);
    const le = /\ble="([^"]*)"/.exec(labels)?.[1];
    if (title === null || le === undefined) continue;
    const bucket = { le: le === '+Inf' ? Infinity : Number(le), count: Number(count) };
    const known = found.get(title);
    if (known === undefined) found.set(title, [bucket]);
    else known.push(bucket);
  }
  return found;
}

/** As `histogram_quantile` of Prometheus has it: along a straight line within the bucket, and no further than the last bound. */
function quantileMs(buckets: readonly Bucket[], share: number): number {
  const rank = share * (buckets.at(-1)?.count ?? 0);
  let [from, below] = [0, 0];
  for (const { le, count } of buckets) {
    if (count >= rank && count > below) {
      if (le === Infinity) return from * 1000;
      return (from + ((le - from) * (rank - below)) / (count - below)) * 1000;
    }
    [from, below] = [le, count];
  }
  return 0;
}

/** What the histograms of `/metrics` say of each stage of the proxy; those that nothing passed are left out. Several series of one stage (a provider's each) are told by the first. */
export function readStageFacts(text: string): StageFacts[] {
  return [...bucketsIn(text)]
    .map(([stage, series]) => {
      const end = series.findIndex(({ le }) => le === Infinity);
      return { stage, buckets: series.slice(0, end + 1) };
    })
    .filter(({ buckets }) => (buckets.at(-1)?.count ?? 0) > 0)
    .map(({ stage, buckets }) => ({
      stage,
      count: buckets.at(-1)?.count ?? 0,
      p50Ms: quantileMs(buckets, 0.5),
      p99Ms: quantileMs(buckets, 0.99),
    }));
}

/** Asks a proxy for them; none of one that keeps no metrics. */
export async function stagesOf(port: number): Promise<StageFacts[]> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  return response.ok ? readStageFacts(await response.text()) : [];
}

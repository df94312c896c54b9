import { machineCpuMs, processCpuMs, rssMb } from '../processes/usage.ts';
import type { ProxyFacts } from './proof-report.ts';

/** A proxy's own words under `/health?deep=true`, as far as they are needed here. */
interface DeepHealth {
  readonly event_loop?: { readonly p99_ms: number };
}

const sampleEveryMs = 500;
const answerWithinMs = 5000;

/** A figure, or null where the system does not tell it. */
export function told(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** How late the proxy's timers came since this was last asked. Only for a proxy of the run: it connects to every provider. */
async function loopLagP99Ms(port: number): Promise<number | null> {
  try {
    const signal = AbortSignal.timeout(answerWithinMs);
    const response = await fetch(`http://127.0.0.1:${port}/health?deep=true`, { signal });
    return ((await response.json()) as DeepHealth).event_loop?.p99_ms ?? null;
  } catch {
    return null;
  }
}

interface Watched {
  readonly port: number;
  readonly pid: number;
  /** It is a proxy of the run, which may be asked deeply. */
  readonly isOwn: boolean;
  /** The other processes of the run. */
  readonly loadPids: () => readonly number[];
}

interface Watch {
  /** Processor time and loop lag from the start to now; the memory goes on being looked at. */
  readonly mark: () => Promise<void>;
  /** Ends it. */
  readonly facts: () => ProxyFacts & { readonly foreignPercent: number | null };
}

/** Looks at a proxy's process and its loop while a run goes on. */
export async function watchProxy({ port, pid, isOwn, loadPids }: Watched): Promise<Watch> {
  if (isOwn) await loopLagP99Ms(port);
  const rss = [rssMb(pid)];
  const timer = setInterval(() => rss.push(rssMb(pid)), sampleEveryMs).unref();
  const usedByOthers = (): number =>
    machineCpuMs() - [pid, ...loadPids()].reduce((sum, own) => sum + processCpuMs(own), 0);
  const before = { atMs: performance.now(), cpuMs: processCpuMs(pid), others: usedByOthers() };
  let marked: { cpuPercent: number; loopLagP99Ms: number | null; foreignPercent: number } | null = null;
  return {
    async mark() {
      const ms = performance.now() - before.atMs;
      const percent = (from: number, to: number): number => ((to - from) / ms) * 100;
      marked = {
        cpuPercent: percent(before.cpuMs, processCpuMs(pid)),
        foreignPercent: percent(before.others, usedByOthers()),
        loopLagP99Ms: isOwn ? await loopLagP99Ms(port) : null,
      };
    },
    facts() {
      clearInterval(timer);
      return {
        cpuPercent: told(marked?.cpuPercent ?? NaN),
        rssFirstMb: told(rss[0] ?? NaN),
        rssMaxMb: told(Math.max(...rss.filter(Number.isFinite))),
        loopLagP99Ms: marked?.loopLagP99Ms ?? null,
        foreignPercent: told(marked?.foreignPercent ?? NaN),
      };
    },
  };
}

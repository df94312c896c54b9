import { setImmediate } from 'node:timers/promises';
import { countAllocation } from './allocation.ts';
import { Samples } from './samples.ts';
import type { Subject } from './subject.ts';

/** One run's figures; all but the count are of one exchange. */
export interface PipelineRun {
  readonly exchanges: number;
  /** All of the time of the run, divided by the exchanges. */
  readonly meanMicros: number;
  readonly p50Micros: number;
  readonly p99Micros: number;
  /** Allocated on V8's heap. */
  readonly bytes: number;
  /** How much of the run the collector took, 0 to 1. */
  readonly collectingShare: number;
}

/** So many exchanges between two turns of the event loop, in which timers run and files are written. */
const exchangesPerTurn = 16;

/** One exchange after the other. @throws where one is not answered with 200 and the whole body */
async function drive({ proxy, request }: Subject, ms: number, samples: Samples): Promise<number> {
  const startedAt = performance.now();
  let before = startedAt;
  const { bodyBytes: expected } = await proxy.ask(request);
  while (before < startedAt + ms) {
    for (let n = 0; n < exchangesPerTurn; n += 1) {
      before = performance.now();
      const { status, bodyBytes } = await proxy.ask(request);
      samples.add(performance.now() - before);
      if (status !== 200 || bodyBytes !== expected) throw new Error(`an answer with ${status} and ${bodyBytes} bytes`);
    }
    await setImmediate();
  }
  return performance.now() - startedAt;
}

/** Drives exchanges for some seconds, after a warm-up of which nothing counts. */
export async function runPipeline(
  subject: Subject,
  { ms, warmUpMs }: { ms: number; warmUpMs: number },
): Promise<PipelineRun> {
  await drive(subject, warmUpMs, new Samples());
  const samples = new Samples();
  const stop = countAllocation();
  const elapsedMs = await drive(subject, ms, samples);
  const { bytes, collectingMs } = stop();
  const [p50 = NaN, p99 = NaN] = samples.quantiles([0.5, 0.99]);
  return {
    exchanges: samples.count,
    meanMicros: (elapsedMs / samples.count) * 1000,
    p50Micros: p50 * 1000,
    p99Micros: p99 * 1000,
    bytes: bytes / samples.count,
    collectingShare: collectingMs / elapsedMs,
  };
}

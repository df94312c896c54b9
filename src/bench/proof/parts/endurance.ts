import type { ProofBench } from '../proof-bench.ts';
import { judgePaced } from './paced.ts';

/** Each stretch is a job of its own, so that what is kept of it stays small. */
const stretchSeconds = 600;
/** Of each stretch, directly before it. */
const directShare = 0.1;
/** A day's picture has at most so many points. */
const mostPoints = 600;

/** S2-16: the same rate for a day, to see whether memory grows. */
export async function endurance(bench: ProofBench, seconds: number): Promise<void> {
  const { direct, proxied, findings, options } = bench;
  const { perSecond, connections, arrival, seed } = options;
  const secondsEach = Math.max(1, Math.ceil(seconds / mostPoints));
  const wish = { kind: 'open', workload: 'passthrough', perSecond, connections, arrival } as const;
  for (let done = 0; done < seconds; done += stretchSeconds) {
    const stretch = Math.min(stretchSeconds, seconds - done);
    for (const side of [direct, proxied]) {
      bench.progress(`endurance, ${side.target}: ${Math.round(done / 60)} of ${Math.round(seconds / 60)} min`);
      const asked = { ...wish, seed: seed + done, seconds: side === proxied ? stretch : stretch * directShare };
      const from = Date.now();
      findings.add('passthrough', side.target, await bench.load(side, asked), secondsEach);
      if (side === proxied) findings.pacedSpans.push({ from, to: Date.now() });
    }
  }
  judgePaced(bench);
}

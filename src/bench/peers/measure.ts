import type { Bench } from '../bench.ts';
import { processCpuMs, rssMb } from '../processes/usage.ts';
import { inTurn } from '../rounds.ts';
import { median } from '../statistics.ts';
import type { PeerTarget } from './start-peer.ts';

/** How long and how often each thing is measured. */
export interface PeerPlan {
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly closedLoopMs: number;
  readonly turns: number;
  readonly streamSeconds: number;
}

/** What a target came to: medians of the rounds. NaN where it was not to be had. */
export interface PeerFigures {
  readonly perSecond: number;
  /** Requests for each second of processor time, of all of its processes. */
  readonly perCoreSecond: number;
  /** Milliseconds more than without it, at one connection. */
  readonly added: Readonly<Record<BodySize, { readonly p50: number; readonly p99: number }>>;
  /** Of 100 streams at once, those without a gap over 100 ms: the worst round. */
  readonly smoothStreams: number;
  readonly rssMb: number;
}

const bodySizes = { '1 KB': 1024, '200 KB': 200 * 1024 } as const;
type BodySize = keyof typeof bodySizes;

export interface MeasuredPeer {
  readonly target: PeerTarget;
  /** The figures, or why there are none. */
  readonly outcome: PeerFigures | { readonly failed: string };
}

const connections = 64;
const streams = 100;
const eventsPerSecond = 20;
const openingMs = 1000;
const requestsPerTurn: Readonly<Record<BodySize, number>> = { '1 KB': 40, '200 KB': 20 };

interface Samples {
  readonly perSecond: number[];
  readonly perCoreSecond: number[];
  readonly p50: Record<BodySize, number[]>;
  readonly p99: Record<BodySize, number[]>;
  readonly smoothStreams: number[];
}

const noSamples = (): Samples => ({
  perSecond: [],
  perCoreSecond: [],
  p50: { '1 KB': [], '200 KB': [] },
  p99: { '1 KB': [], '200 KB': [] },
  smoothStreams: [],
});

/** A round of everything with each target, one after the other. One that fails is left out from then on. */
class PeerRounds {
  readonly #bench: Bench;
  readonly #plan: PeerPlan;
  readonly #samples = new Map<PeerTarget, Samples>();
  readonly #failed = new Map<PeerTarget, string>();

  constructor(bench: Bench, plan: PeerPlan, targets: readonly PeerTarget[]) {
    this.#bench = bench;
    this.#plan = plan;
    for (const target of targets) this.#samples.set(target, noSamples());
  }

  async each(name: string, round: number, measure: (target: PeerTarget, samples: Samples) => Promise<void>) {
    for (const [target, samples] of inTurn([...this.#samples], round)) {
      if (this.#failed.has(target)) continue;
      this.#bench.progress(`${name}: ${target.name}`);
      await measure(target, samples).catch((error: unknown) => {
        this.#failed.set(target, (error as Error).message);
      });
    }
  }

  async round(round: number): Promise<void> {
    const { turns, closedLoopMs, streamSeconds } = this.#plan;
    await this.each('requests/s', round, (target, samples) => this.#closedLoop(target, samples, closedLoopMs));
    for (const size of Object.keys(bodySizes) as BodySize[]) await this.#takeTurns(size, round, turns);
    await this.each('streams', round, (target, samples) => this.#streams(target, samples, streamSeconds));
  }

  warmUp(): Promise<void> {
    const until = { ms: this.#plan.warmUpMs };
    return this.each('warming up', 0, async ({ port, terms }) => {
      await this.#bench.run({ kind: 'closed-loop', port, connections, until, terms });
    });
  }

  async #closedLoop({ port, terms, pids }: PeerTarget, samples: Samples, ms: number): Promise<void> {
    const cpuMs = (): number => pids().reduce((sum, pid) => sum + processCpuMs(pid), 0);
    const before = cpuMs();
    const { sentToEach, elapsedMs } = await this.#bench.run({
      ...{ kind: 'closed-loop', port, connections, until: { ms }, terms },
    });
    samples.perSecond.push((sentToEach / elapsedMs) * 1000);
    samples.perCoreSecond.push((sentToEach / (cpuMs() - before)) * 1000);
  }

  /** Few requests each in turn, so that all meet the same state of the machine. */
  async #takeTurns(size: BodySize, round: number, turns: number): Promise<void> {
    const bodyBytes = bodySizes[size];
    for (let turn = 0; turn < turns; turn += 1) {
      await this.each(`one connection, ${size}`, round + turn, async ({ port, terms }, samples) => {
        const job = { kind: 'turns', ports: [port], terms: [terms], bodyBytes, streamed: false, turns: 1 } as const;
        const { latencies } = await this.#bench.run({ ...job, requestsPerTurn: requestsPerTurn[size] });
        samples.p50[size].push(latencies[0]?.p50 ?? NaN);
        samples.p99[size].push(latencies[0]?.p99 ?? NaN);
      });
    }
  }

  async #streams({ port, terms }: PeerTarget, samples: Samples, seconds: number): Promise<void> {
    const eventsPerStream = eventsPerSecond * seconds;
    const job = { kind: 'streams', port, terms, streams, eventsPerStream, openingMs } as const;
    const { stalled } = await this.#bench.run(job);
    samples.smoothStreams.push(streams - stalled);
  }

  /** @param direct whose latencies are taken from the others' */
  outcomes(direct: PeerTarget): MeasuredPeer[] {
    const without = this.#samples.get(direct) ?? noSamples();
    return [...this.#samples].map(([target, samples]) => {
      const failed = this.#failed.get(target);
      return { target, outcome: failed === undefined ? figuresOf(target, samples, without) : { failed } };
    });
  }
}

function figuresOf(target: PeerTarget, samples: Samples, without: Samples): PeerFigures {
  const added = (size: BodySize) => ({
    p50: median(samples.p50[size]) - median(without.p50[size]),
    p99: median(samples.p99[size]) - median(without.p99[size]),
  });
  return {
    perSecond: median(samples.perSecond),
    perCoreSecond: median(samples.perCoreSecond),
    added: { '1 KB': added('1 KB'), '200 KB': added('200 KB') },
    smoothStreams: Math.min(...samples.smoothStreams),
    rssMb: target.pids().reduce((sum, pid) => sum + rssMb(pid), 0),
  };
}

/** @param direct one of the targets: the mock itself */
export async function measurePeers(
  bench: Bench,
  plan: PeerPlan,
  targets: readonly PeerTarget[],
  direct: PeerTarget,
): Promise<MeasuredPeer[]> {
  const rounds = new PeerRounds(bench, plan, targets);
  await rounds.warmUp();
  for (let round = 0; round < plan.rounds; round += 1) await rounds.round(round);
  return rounds.outcomes(direct);
}

import type { Call } from '../exchange.ts';
import type { Observer } from '../observers.ts';
import type { RequestRecord } from '../record.ts';
import { exchangeMeasure } from './estimate/exchange-measure.ts';
import type { Estimator } from './estimate/estimator.ts';
import { filledIn } from './estimate/fill-in.ts';
import type { TextMeasure } from './estimate/text-measure.ts';
import { free, type Priced, type Pricing, type PricingContext } from './prices/pricing.ts';
import { totalTokens, type LiveUsage, type Reading } from './reading.ts';
import { replyUsage } from './reply-usage.ts';
import type { Tokens } from './usage.ts';

/** A better estimate of a request, which came when its record had been handed on. */
interface Refinement extends Priced {
  readonly tokens: Tokens;
}

export interface MeterParts {
  readonly pricing: Pricing;
  readonly estimator: Estimator;
  /** Whether a provider was marked local: it costs nothing. */
  readonly isLocal: (provider: string) => boolean;
  /** Is told of better estimates; the record still has the rough one. */
  readonly refined: (record: RequestRecord, refinement: Refinement) => void;
}

/** One reply to be metered. */
export interface Metering {
  readonly call: Call;
  /** The provider's status. */
  readonly status: number;
  /** A plan pays for it. */
  readonly subscription: boolean;
}

export interface Meter extends Required<Observer> {
  readonly live: () => LiveUsage;
}

const nothing: TextMeasure = { sample: '', bytes: 0 };

/** Reads one reply's usage as it passes, and completes the record with tokens, model, cost and how far they can be trusted. */
export function meter(metering: Metering, parts: MeterParts): Meter {
  const { call, status } = metering;
  const usage = replyUsage(call);
  const measure = exchangeMeasure(call);
  const price = (reading: Reading): Priced => parts.pricing(reading, contextOf(metering, parts));

  /** The record cannot wait for the count: the client's last bytes wait for the record. */
  function estimate(output: TextMeasure, record: RequestRecord): void {
    const reading = usage.reading();
    const rough = filledIn(reading, measure.rough(output));
    complete(record, rough, price(rough));
    void measure.counted(output, parts.estimator).then((counted) => {
      if (counted === null) return;
      const better = filledIn(reading, counted);
      parts.refined(record, { ...price(better), tokens: totalTokens(better) });
    });
  }

  return {
    event: usage.event,
    body: usage.body,
    ended(outcome, record) {
      const reading = usage.reading();
      if (reading?.final) return complete(record, reading, price(reading));
      // An error is not billed, nor an answer that did not come from the provider.
      if (reading === null && (status >= 400 || outcome === 'upstream_protocol')) return void (record.cost = free);
      estimate(usage.output() ?? { sample: '', bytes: outcome === 'ok' ? record.bytesOut : 0 }, record);
    },
    live() {
      const reading = usage.reading();
      const known = reading?.final ? reading : filledIn(reading, measure.rough(usage.output() ?? nothing));
      return { tokens: totalTokens(known), picodollars: price(known).cost.picodollars };
    },
  };
}

function contextOf({ call, subscription }: Metering, { isLocal }: MeterParts): PricingContext {
  const provider = call.record.provider ?? '';
  return { provider, local: isLocal(provider), model: call.model, wallMs: call.record.time, subscription };
}

function complete(record: RequestRecord, reading: Reading, { cost, exactness }: Priced): void {
  record.tokens = totalTokens(reading);
  record.cost = cost;
  record.exactness = exactness;
  record.model = reading.lines[0]?.model ?? record.model;
  if (reading.raw) record.evidence = { usage: reading.raw, mode: reading.mode, geo: reading.geo };
}

import type { Call, Received, RoutedCall } from './exchange.ts';
import { providerRouter, type ProviderRouterParts } from './provider-router/index.ts';
import { requestRouter } from './request-router/index.ts';
import { pipeline, type Next, type Stage } from './stage.ts';
import { upstream, type UpstreamParts } from './upstream/index.ts';

export interface PipelineParts {
  /** Models by the names that stand for them. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly tokenCounter: Stage<Call>;
  readonly rateLimiter: Stage<Call>;
  readonly budgets: Stage<Call>;
  readonly providerRouter: ProviderRouterParts;
  readonly circuitBreaker: Stage<RoutedCall>;
  readonly upstream: UpstreamParts;
}

/** The order of the stages, from the client inwards. Made anew from configuration and models whenever the configuration changes. */
export function createPipeline(parts: PipelineParts, now: () => number): Next<Received> {
  return (
    pipeline<Received>(now)
      // What is asked for: nothing else can be judged before.
      .then(requestRouter(parts.aliases))
      // Counts what comes back, whoever answers; asks for usage where the client did not.
      .then(parts.tokenCounter)
      // Whether it may be asked now: nothing is spent on what is refused.
      .then(parts.rateLimiter)
      // Judges each target that the next one chooses: what it may cost depends on it.
      .then(parts.budgets)
      // Who is asked, with whose key.
      .then(providerRouter(parts.providerRouter))
      // Whether the one who is asked may be asked now.
      .then(parts.circuitBreaker)
      .end(upstream(parts.upstream))
  );
}

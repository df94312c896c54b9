import type { Received } from './exchange.ts';
import type { Reply } from './reply.ts';

/** The rest of the pipeline, seen from a stage. */
export type Next<Out> = (exchange: Out) => Promise<Reply>;

/**
 * One step of the pipeline: it refuses (throws a `ProxyError`), answers (returns a reply) or passes on (calls `next`,
 * once). It never reads a reply's body: it adds observers and transforms to the reply that it returns. What it keeps
 * between exchanges lives in what its factory was given, never in its module.
 *
 * `handle` is a property and not a method so that the compiler rejects a stage that stands before the stage that adds
 * the knowledge it needs.
 */
export interface Stage<In, Out = In> {
  readonly name: string;
  readonly handle: (exchange: In, next: Next<Out>) => Promise<Reply>;
}

/** What ends the pipeline: it always answers. */
export interface LastStage<In> {
  readonly name: string;
  readonly handle: (exchange: In) => Promise<Reply>;
}

/** A pipeline under construction, from the outside in: each `then` takes a stage that fits what is known by then. */
export interface PipelineBuilder<In, Out> {
  readonly then: <Next>(stage: Stage<Out, Next>) => PipelineBuilder<In, Next>;
  readonly end: (last: LastStage<Out>) => Next<In>;
}

type AnyNext = Next<never>;

/** Starts a pipeline. Each stage's entry is marked in the exchange's record; stages know nothing of it. */
export function pipeline<In extends Received>(now: () => number): PipelineBuilder<In, In> {
  return builder((next) => next);

  function builder<Out>(wrap: (next: AnyNext) => AnyNext): PipelineBuilder<In, Out> {
    return {
      then: (stage) => builder((next) => wrap(marked(stage.name, (exchange) => stage.handle(exchange, next as never)))),
      end: (last) => wrap(marked(last.name, last.handle)) as Next<In>,
    };
  }

  function marked(stage: string, handle: (exchange: never) => Promise<Reply>): AnyNext {
    return (exchange: Received) => {
      exchange.record.stages.push({ stage, at: now() });
      return handle(exchange as never);
    };
  }
}

import { LRUCache } from 'lru-cache';
import { Block } from './block.ts';
import type { Measured } from './measured.ts';
import type { BlockJson, BreakdownName } from './snapshot.ts';

/** Names that are counted apart in each breakdown; the least recently seen make room and go on in `other`. */
const maxNames = 256;
/** A longer name is no name that anybody reads, and clients choose them. */
const maxNameLength = 256;
const other = 'other';

interface Breakdown {
  readonly add: (name: string | null, measured: Measured) => void;
  readonly get: (name: string) => Block | undefined;
  readonly toJson: () => Record<string, BlockJson>;
}

function createBreakdown(): Breakdown {
  const others = new Block();
  const blocks = new LRUCache<string, Block>({
    max: maxNames,
    dispose: (block) => others.merge(block),
  });
  function blockOf(name: string): Block {
    if (name === other || name.length > maxNameLength) return others;
    let block = blocks.get(name);
    if (!block) blocks.set(name, (block = new Block()));
    return block;
  }
  return {
    add(name, measured) {
      if (name !== null) blockOf(name).add(measured);
    },
    get: (name) => blocks.peek(name),
    toJson() {
      const named = [...blocks.entries()].map(([name, block]) => [name, block.toJson()] as const);
      if (others.requests > 0) named.push([other, others.toJson()]);
      // Unlike an assignment, this also takes a client that calls its project `__proto__`.
      return Object.fromEntries(named);
    },
  };
}

export interface Breakdowns {
  readonly add: (measured: Measured) => void;
  /** What one session came to, or null where it is not known any more. */
  readonly session: (name: string) => BlockJson | null;
  readonly toJson: () => Record<BreakdownName, Record<string, BlockJson>>;
}

/** Counts of this run by model, provider, project, session and agent, most recently seen first. */
export function createBreakdowns(): Breakdowns {
  const by = {
    model: createBreakdown(),
    provider: createBreakdown(),
    project: createBreakdown(),
    session: createBreakdown(),
    agent: createBreakdown(),
  };
  return {
    add(measured) {
      const { model, provider, caller } = measured.record;
      by.model.add(model, measured);
      by.provider.add(provider, measured);
      by.project.add(caller.project, measured);
      by.session.add(caller.session, measured);
      by.agent.add(caller.agent, measured);
    },
    session: (name) => by.session.get(name)?.toJson() ?? null,
    toJson: () => ({
      model: by.model.toJson(),
      provider: by.provider.toJson(),
      project: by.project.toJson(),
      session: by.session.toJson(),
      agent: by.agent.toJson(),
    }),
  };
}

import type { Dialect } from '../dialect.ts';
import type { Call } from '../exchange.ts';
import { Lru } from '../lru.ts';
import type { RouteFacts } from '../record.ts';
import { boundedName } from '../request-json.ts';
import { defaultProviders } from './built-in.ts';
import type { Choice } from './choose.ts';
import type { Provider } from './provider.ts';
import type { Rule } from './rule.ts';

/** A target that a rule may choose for a call. */
export interface Candidate {
  /** Stands for provider and model, in what is kept of many: a client's name for a model may be as long as its body. */
  readonly id: string;
  readonly provider: Provider;
  readonly model: string | null;
  readonly weight: number;
  readonly keyIndex: number;
}

/** The targets of a rule that a call may go to, in the rule's order, each with the first of its keys. */
export class Candidates {
  readonly list: readonly Candidate[];
  readonly #model: string | null;
  #facts: RouteFacts | null = null;
  /** Whose facts they are, as the record names it. */
  #recorded: string | null = null;

  /** @param model the call's own */
  constructor(list: readonly Candidate[], model: string | null) {
    this.list = list;
    this.#model = model;
  }

  /** What is told of a call of which the first target was tried, and nothing stood in the way of any: mostly the last one's. */
  factsOf({ name, choose }: Rule, recorded: string | null): RouteFacts {
    if (this.#facts !== null && this.#recorded === recorded) return this.#facts;
    const candidates = this.list.map((candidate, index) => ({
      ...{ provider: candidate.provider.name, model: this.named(candidate, recorded) },
      ...({ breaker: 'closed', isCooling: false, verdict: index === 0 ? 'tried' : 'unused' } as const),
    }));
    this.#recorded = recorded;
    return (this.#facts = { rule: name, choose, sticky: false, candidates });
  }

  /** The model of one of them as it stands in the record of a call. @param recorded the call's own */
  named({ model }: Candidate, recorded: string | null): string | null {
    return model === this.#model ? recorded : model;
  }
}

function candidateId(provider: string, model: string | null): string {
  return `${provider}\n${boundedName(model ?? '')}`;
}

/** For so many models of each rule, the candidates are kept: they are the same for every call. */
const keptModels = 64;
/** A longer name for a model is nobody's, and would be kept whole. */
const maxModelCharacters = 128;

/** Gives a rule's targets that speak a call's dialect. */
export function candidateFinder(providers: ReadonlyMap<string, Provider>): (call: Call, rule: Rule) => Candidates {
  const kept = new Map<Rule, Map<Dialect, Lru<string | null, Candidates>>>();
  return ({ dialect, model }, rule) => {
    const byDialect = kept.get(rule) ?? new Map<Dialect, Lru<string | null, Candidates>>();
    const byModel = byDialect.get(dialect) ?? new Lru<string | null, Candidates>(keptModels);
    const known = byModel.peek(model);
    if (known) return known;
    const found = new Candidates(candidatesOf(rule, { dialect, model }, providers), model);
    if (model !== null && model.length > maxModelCharacters) return found;
    kept.set(rule, byDialect.set(dialect, byModel));
    byModel.set(model, found);
    return found;
  };
}

function candidatesOf(
  { targets }: Rule,
  { dialect, model }: Pick<Call, 'dialect' | 'model'>,
  providers: ReadonlyMap<string, Provider>,
): Candidate[] {
  return targets.flatMap((target) => {
    const provider = providers.get(target.provider);
    if (!provider?.dialects.includes(dialect)) return [];
    const asked = model === null ? null : (target.model ?? model);
    const id = candidateId(provider.name, asked);
    return [{ id, provider, model: asked, weight: target.weight, keyIndex: 0 }];
  });
}

/** The provider that a request has come to without a rule. */
export function soleCandidate({ provider }: Choice, { model }: Call): Candidates {
  return new Candidates([{ id: candidateId(provider.name, model), provider, model, weight: 1, keyIndex: 0 }], model);
}

export function choiceOf({ provider, keyIndex }: Candidate, call: Call): Choice {
  const isForeign = provider.name !== defaultProviders[call.dialect];
  return { provider, explicit: false, dialect: call.dialect, keyIndex, isForeign };
}

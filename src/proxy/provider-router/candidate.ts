import type { Dialect } from '../dialect.ts';
import type { Call } from '../exchange.ts';
import { Lru } from '../lru.ts';
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

function candidateId(provider: string, model: string | null): string {
  return `${provider}\n${boundedName(model ?? '')}`;
}

/** For so many models of each rule, the candidates are kept: they are the same for every call. */
const keptModels = 64;
/** A longer name for a model is nobody's, and would be kept whole. */
const maxModelCharacters = 128;

/** Gives a rule's targets that speak a call's dialect, each with the first of its keys. */
export function candidateFinder(
  providers: ReadonlyMap<string, Provider>,
): (call: Call, rule: Rule) => readonly Candidate[] {
  const kept = new Map<Rule, Map<Dialect, Lru<string | null, readonly Candidate[]>>>();
  return ({ dialect, model }, rule) => {
    const byDialect = kept.get(rule) ?? new Map<Dialect, Lru<string | null, readonly Candidate[]>>();
    const byModel = byDialect.get(dialect) ?? new Lru<string | null, readonly Candidate[]>(keptModels);
    const known = byModel.peek(model);
    if (known) return known;
    const found = candidatesOf(rule, { dialect, model }, providers);
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
export function soleCandidate({ provider }: Choice, { model }: Call): Candidate {
  return { id: candidateId(provider.name, model), provider, model, weight: 1, keyIndex: 0 };
}

export function choiceOf({ provider, keyIndex }: Candidate, call: Call): Choice {
  const isForeign = provider.name !== defaultProviders[call.dialect];
  return { provider, explicit: false, dialect: call.dialect, keyIndex, isForeign };
}

import type { Call } from '../exchange.ts';
import { defaultProviders } from './built-in.ts';
import type { Choice } from './choose.ts';
import type { Provider } from './provider.ts';
import type { Rule } from './rule.ts';

/** A target that a rule may choose for a call. */
export interface Candidate {
  readonly provider: Provider;
  readonly model: string | null;
  readonly weight: number;
  readonly keyIndex: number;
}

/** Stands for provider and model. */
export function idOf({ provider, model }: Pick<Candidate, 'provider' | 'model'>): string {
  return `${provider.name}\n${model ?? ''}`;
}

/** The rule's targets that speak the call's dialect, each with the first of its keys. */
export function candidatesOf(call: Call, rule: Rule, providers: ReadonlyMap<string, Provider>): Candidate[] {
  return rule.targets.flatMap((target) => {
    const provider = providers.get(target.provider);
    if (!provider?.dialects.includes(call.dialect)) return [];
    const model = call.model === null ? null : (target.model ?? call.model);
    return [{ provider, model, weight: target.weight, keyIndex: 0 }];
  });
}

/** The provider that a request has come to without a rule. */
export function soleCandidate({ provider }: Choice, { model }: Call): Candidate {
  return { provider, model, weight: 1, keyIndex: 0 };
}

export function choiceOf({ provider, keyIndex }: Candidate, call: Call): Choice {
  const isForeign = provider.name !== defaultProviders[call.dialect];
  return { provider, explicit: false, dialect: call.dialect, keyIndex, isForeign };
}

import { count, dollars, elapsed } from '../tui/format.ts';
import { plainText } from '../tui/plain-text.ts';

/** A line of the ledger, as far as it is shown. */
export interface WhyReport {
  readonly request: {
    readonly id: string;
    readonly time: string;
    readonly provider: string | null;
    readonly model: string | null;
    readonly asked_model: string | null;
    readonly key: string | null;
    readonly status: number;
    readonly outcome: string | null;
    readonly cost_usd: number | null;
    readonly attempts: readonly Attempt[];
  };
  readonly error: string | null;
  readonly why: Why | null;
}

interface Attempt {
  readonly provider: string;
  readonly model?: string;
  readonly status: number | null;
  readonly outcome: string | null;
  readonly ms: number;
  readonly cost_usd: number | null;
  readonly cause?: string;
}

interface Why {
  readonly route: {
    readonly rule: string;
    readonly choose: string;
    readonly sticky: boolean;
    readonly candidates: readonly {
      readonly provider: string;
      readonly model: string | null;
      readonly breaker: string;
      readonly isCooling: boolean;
      readonly verdict: string;
    }[];
  } | null;
  readonly limits: readonly {
    readonly limit: string;
    readonly subject: string;
    readonly verdict: string;
    readonly retryAfterMs: number;
  }[];
  readonly reservations: readonly {
    readonly budget: string;
    readonly subject: string;
    readonly unit: 'usd' | 'tokens';
    readonly mode: string;
    readonly verdict: string;
    readonly reserved: number;
    readonly left: number;
  }[];
}

const picodollarsPerDollar = 1e12;

/** How a request came to be answered as it was, for people. */
export function whyLines({ request, error, why }: WhyReport): string[] {
  const asked = request.asked_model === request.model ? '' : ` (asked for ${shown(request.asked_model)})`;
  const said = shown(request.outcome).replaceAll('_', ' ');
  const outcome = `${request.status} ${said}${error === null ? '' : ` (${plainText(error)})`}`;
  const by = request.provider === null ? 'without a provider' : `by ${shown(request.provider)}`;
  return [
    `${request.id}  ${request.time}`,
    row('model', `${shown(request.model)}${asked}`),
    row('answer', `${outcome}, ${by}, ${dollars(request.cost_usd)}`),
    ...(request.key === null ? [] : [row('key', plainText(request.key))]),
    ...routeLines(why?.route ?? null),
    ...(why?.limits ?? []).map(limitLine),
    ...(why?.reservations ?? []).map(budgetLine),
    ...request.attempts.map(attemptLine),
    ...(request.attempts.length === 0 ? [row('attempts', 'none: no provider was asked')] : []),
  ];
}

function routeLines(route: Why['route']): string[] {
  if (route === null) return [row('rule', 'none: by its path, or as the request itself said')];
  const sticky = route.sticky ? ', kept where its session was' : '';
  return [
    row('rule', `${plainText(route.rule)}, by ${route.choose}${sticky}`),
    ...route.candidates.map(({ provider, model, breaker, isCooling, verdict }) => {
      const cooling = isCooling ? ', has asked to be left alone' : '';
      return row('', `${name(provider, model)}: circuit ${breaker.replaceAll('_', ' ')}${cooling}, ${verdict}`);
    }),
  ];
}

function limitLine({ limit, subject, verdict, retryAfterMs }: Why['limits'][number]): string {
  const wait = retryAfterMs > 0 ? `, ${elapsed(retryAfterMs)} to wait` : '';
  const said = verdict === 'shadow' ? 'would have been refused (shadow)' : verdict;
  return row('limit', `${plainText(limit)} of ${plainText(subject)}: ${said}${wait}`);
}

function budgetLine(facts: Why['reservations'][number]): string {
  const { budget, subject, unit, mode, verdict, reserved, left } = facts;
  const amount = (value: number): string =>
    unit === 'usd' ? dollars(value / picodollarsPerDollar) : `${count(value)} tokens`;
  const said = verdict === 'shadow' ? 'would have been refused' : verdict;
  return row(
    'budget',
    `${plainText(budget)} of ${plainText(subject)} (${mode}): ${said}, ${amount(reserved)} held, ${amount(left)} was left`,
  );
}

function attemptLine(attempt: Attempt, index: number, all: readonly Attempt[]): string {
  const { provider, model, status, outcome, ms, cost_usd: cost, cause } = attempt;
  const next = all[index + 1];
  const isSame = next?.provider === provider && next.model === model;
  const then = isSame ? 'its next key was used' : 'the next was asked';
  const went = cause === undefined ? '' : `, so ${then} (${plainText(cause)})`;
  const said = `${status ?? 'no status'} ${shown(outcome).replaceAll('_', ' ')}`;
  return row(
    `attempt ${index + 1}`,
    `${name(provider, model ?? null)}: ${said} in ${elapsed(ms)}, ${dollars(cost)}${went}`,
  );
}

function name(provider: string, model: string | null): string {
  return plainText(model === null ? provider : `${provider}/${model}`);
}

function shown(text: string | null): string {
  return text === null ? 'none' : plainText(text);
}

function row(title: string, text: string): string {
  return `  ${title.padEnd(10)} ${text}`;
}

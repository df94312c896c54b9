import type { TokensJson } from '../proxy/monitor/snapshot.ts';
import { count, dollars, elapsed } from './format.ts';

/** A count in five characters at most. */
export function shortCount(value: number): string {
  const text = count(value);
  return text.length <= 5 ? text : text.replace(/\.\d/u, '');
}

/** How long something took, in five characters at most up to a day and more. */
export function shortElapsed(ms: number): string {
  const text = elapsed(ms);
  return text.length <= 5 ? text : `${Math.round(ms / 60_000)}m`;
}

/** Milliseconds without their unit, as a column of a table: `1.2`, `48.0`, `612`, `1.9k`, `22k`. */
export function milliseconds(ms: number): string {
  if (ms < 99.95) return ms.toFixed(1);
  if (ms < 999.5) return String(Math.round(ms));
  if (ms < 9950) return `${(ms / 1000).toFixed(1)}k`;
  return ms < 999_500 ? `${Math.round(ms / 1000)}k` : `${(ms / 1_000_000).toFixed(1)}M`;
}

/** `$4.18`, and nothing after the point where there is nothing: `$20`. */
export function roundDollars(usd: number): string {
  return dollars(usd).replace(/\.00$/u, '');
}

/** `$0.38`, also where it is less than a dollar: for what changes from moment to moment. */
export function cents(usd: number | null): string {
  return usd === null ? '-' : `${usd < 0 ? '-' : ''}$${Math.abs(usd).toFixed(2)}`;
}

/** What was read from the prompt cache, of all that was sent in; null where nothing was. */
export function cacheRate({ input, cache_read, cache_write }: TokensJson): number | null {
  const all = input + cache_read + cache_write;
  return all === 0 ? null : cache_read / all;
}

/** `92%`, or `-` where there is nothing to be a share of. */
export function percent(share: number | null, digits = 0): string {
  return share === null ? '-' : `${(share * 100).toFixed(digits)}%`;
}

/** What of a model's name fits into so many characters: `claude-haiku-4-5-20251001` as `claude-haiku-4-5`, then `haiku-4-5`. */
export function modelName(model: string, width: number): string {
  if (model.length <= width) return model;
  const undated = model.replace(/-\d{4}-?\d{2}-?\d{2}$/u, '');
  return undated.length <= width ? undated : undated.replace(/^claude-/u, '');
}

/** What of an agent's name fits: its subagent where it is one, else its product: `#sub-2`, `claude`, `codex`. */
export function agentName(agent: string, width: number): string {
  if (agent.length <= width) return agent;
  const subagent = agent.indexOf('#');
  return subagent >= 0 ? agent.slice(subagent) : agent.replace(/[-_]cli(?:[-_]rs)?$/u, '');
}

/** `$0.74`, and more digits only of what is less than a cent: for columns of sums. */
export function sumDollars(usd: number | null): string {
  return usd !== null && Math.abs(usd) >= 0.01 ? cents(usd) : dollars(usd);
}

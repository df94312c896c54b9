import { loopbackName } from './built-in.ts';

const form = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const ownEndpoints = ['health', 'livez', 'readyz', 'stats', 'recent', 'traces', 'trace', 'events', 'metrics', 'api'];
const apis = ['v1', 'v1beta', 'upload', 'messages', 'chat', 'responses'];
const prefixes = ['p', 'ak'];
const taken: ReadonlySet<string> = new Set([...ownEndpoints, ...apis, ...prefixes, loopbackName]);

/** Whether a provider can be called this: it is the first segment of the paths that are addressed to it. */
export function isProviderName(name: string): boolean {
  return form.test(name) && !taken.has(name);
}

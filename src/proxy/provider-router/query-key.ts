import { isSecretName } from './secret-name.ts';

/** Gemini's `?key=`: a credential in the query, as its REST documentation has it. */
const name = 'key';

const none: readonly string[] = [];

/** The values of the query's keys, still encoded. */
export function queryKeys(query: string): readonly string[] {
  if (!query.includes(name) && !query.includes('%')) return none;
  return parametersOf(query)
    .filter(isKey)
    .map((parameter) => parameter.slice(parameter.indexOf('=') + 1));
}

/** The query without its keys, every other byte as it was. */
export function withoutKeys(query: string): string {
  if (query === '') return query;
  const parameters = parametersOf(query);
  const kept = parameters.filter((parameter) => !isKey(parameter));
  if (kept.length === parameters.length) return query;
  return kept.length === 0 ? '' : `?${kept.join('&')}`;
}

/** The query without anything that is called like a credential. */
export function withoutSecretParameters(query: string): string {
  const kept = parametersOf(query).filter((parameter) => !isSecretName(nameOf(parameter)));
  return kept.join('') === '' ? '' : `?${kept.join('&')}`;
}

function parametersOf(query: string): string[] {
  return query.slice(1).split('&');
}

function isKey(parameter: string): boolean {
  const end = parameter.indexOf('=');
  if (end === -1) return false;
  return nameOf(parameter) === name;
}

function nameOf(parameter: string): string {
  const end = parameter.indexOf('=');
  const encoded = end === -1 ? parameter : parameter.slice(0, end);
  if (!encoded.includes('%')) return encoded;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

import { ProxyError } from '../errors.ts';
import type { BodyEdit, Envelope, Route } from '../exchange.ts';

/**
 * Follows aliases to the models that they stand for.
 * @returns the models by alias, and the aliases that lead back to themselves and so to none.
 */
export function resolveAliases(aliases: Readonly<Record<string, string>>): {
  readonly models: ReadonlyMap<string, string>;
  readonly cycles: readonly string[];
} {
  const models = new Map<string, string>();
  const cycles: string[] = [];
  for (const alias of Object.keys(aliases)) {
    const passed = new Set<string>();
    let model = alias;
    while (Object.hasOwn(aliases, model) && !passed.has(model)) {
      passed.add(model);
      model = aliases[model] as string;
    }
    if (passed.has(model)) cycles.push(alias);
    else models.set(alias, model);
  }
  return { models, cycles };
}

/**
 * The change that has a body name another model.
 * @throws ProxyError where the name cannot be replaced for certain.
 */
export function modelEdit(envelope: Envelope, model: string): BodyEdit {
  if (envelope.modelSpan === null) {
    throw new ProxyError('unsupported_media', 'an alias cannot be replaced in a body with a content-encoding');
  }
  if (envelope.duplicates.includes('model')) {
    throw new ProxyError('invalid_request', 'the model stands twice, and one of them is an alias');
  }
  return { ...envelope.modelSpan, text: JSON.stringify(model) };
}

/** The route of a request whose path names the model (Gemini), with another one in its place. */
export function withModel(route: Route, model: string): Route {
  if (route.model === null) return route;
  const path = route.path.replace(/(\/models\/)[^/:]+/, (_, before: string) => before + encodeURIComponent(model));
  return { ...route, path, model };
}

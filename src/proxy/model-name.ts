import { ProxyError } from './errors.ts';
import type { BodyEdit, Envelope, Route } from './exchange.ts';

/**
 * The change that has a body name another model.
 * @throws ProxyError where the name cannot be replaced for certain.
 */
export function modelEdit(envelope: Envelope, model: string): BodyEdit {
  if (envelope.modelSpan === null) {
    throw new ProxyError('unsupported_media', 'the model cannot be replaced in a body with a content-encoding');
  }
  if (envelope.duplicates.includes('model')) {
    throw new ProxyError('invalid_request', 'the model stands twice, and it has to be replaced');
  }
  return { ...envelope.modelSpan, text: JSON.stringify(model) };
}

/** The route of a request whose path names the model (Gemini), with another one in its place. */
export function withModel(route: Route, model: string): Route {
  if (route.model === null) return route;
  const path = route.path.replace(/(\/models\/)[^/:]+/, (_, before: string) => before + encodeURIComponent(model));
  return { ...route, path, model };
}

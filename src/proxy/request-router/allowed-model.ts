import type { AccessKey } from '../access-key.ts';
import { ProxyError } from '../errors.ts';
import type { Envelope, Route } from '../exchange.ts';

/** What is asked for, and all that says it. */
interface AskedModel {
  readonly method: string;
  readonly route: Route;
  readonly envelope: Envelope | null;
  /** Behind aliases. */
  readonly model: string | null;
}

/**
 * Lets pass what an access key allows. Where it does not allow every model, what a request would use has to be certain:
 * one that names no model, or one that two readers could read differently, is refused, and so are batches and files.
 * @throws ProxyError `forbidden_model`
 */
export function checkModel({ allowsModel }: AccessKey, asked: AskedModel): void {
  if (allowsModel === null) return;
  const { envelope, model } = asked;
  if (model === null) {
    if (usesNoModel(asked)) return;
    throw new ProxyError(
      'forbidden_model',
      'the access key allows some models only, and which one this request would use cannot be told',
    );
  }
  if (envelope?.duplicates.includes('model')) {
    throw new ProxyError('forbidden_model', 'the access key allows some models only, and the model stands twice');
  }
  if (!allowsModel(model) || !allowsModel(inBody(asked) ?? model)) {
    throw new ProxyError('forbidden_model', 'the access key does not allow this model');
  }
}

/** Where the path names the model, the body can name it once more. */
function inBody({ route, envelope }: AskedModel): string | null {
  return route.model === null ? null : (envelope?.model?.replace(/^models\//, '') ?? null);
}

/** Lists are only read. */
function usesNoModel({ method, route: { endpoint } }: AskedModel): boolean {
  if (endpoint.intent === 'list') return method === 'GET' || method === 'HEAD';
  return endpoint.intent === 'count';
}

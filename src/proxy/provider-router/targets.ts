import { ProxyError } from '../errors.ts';
import type { Call, RoutedCall, Target } from '../exchange.ts';
import { withModel } from '../model-name.ts';
import { joinPath, parseBaseUrl, type BaseUrl } from './base-url.ts';
import type { Choice } from './choose.ts';
import { credentialFor } from './credential.ts';
import { withoutSecretParameters } from './query-key.ts';
import { withoutSecrets } from './secret-name.ts';

/** A target with what a call is sent to it as. */
export interface Routed {
  readonly routed: RoutedCall;
  /** It is sent one of the provider's held keys. */
  readonly isHeld: boolean;
}

export interface TargetTerms {
  readonly base: BaseUrl;
  /** Another than the call's own where a rule says so. */
  readonly model: string | null;
  readonly firstByteMs: number | null;
}

/** @throws ProxyError as `credentialFor` does. */
export function routedTo(call: Call, choice: Choice, { base, model, firstByteMs }: TargetTerms): Routed {
  const { name, local } = choice.provider;
  const { headers: credential, query, isHeld } = credentialFor(call, choice);
  const route = model === null || model === call.model ? call.route : withModel(call.route, model);
  const target: Target = {
    provider: name,
    origin: base.origin,
    path: joinPath(base, route.path) + (choice.isForeign ? withoutSecretParameters(query) : query),
    model,
    credential,
    local,
    allowsPrivate: local || base.loopback,
    firstByteMs,
  };
  return { routed: withTarget(call, choice, target), isHeld };
}

/** The fields are named one by one: a spread of so many is slower than all of this stage. */
function withTarget(call: Call, { dialect, isForeign }: Choice, target: Target): RoutedCall {
  const { id, method, route, query, body, client, access, record, hold } = call;
  const headers = isForeign ? withoutSecrets(call.headers) : call.headers;
  const { model, streamed, envelope, edits, bodyFor, admit } = call;
  return {
    id,
    method,
    route,
    query,
    headers,
    body,
    client,
    access,
    record,
    hold,
    dialect,
    model,
    streamed,
    envelope,
    edits,
    bodyFor,
    admit,
    target,
  };
}

/** Asks for the loopback provider's address each time, since it can be started anew, and takes it apart when it changes. */
export function loopbackBases(loopbackUrl: () => Promise<string>): () => Promise<BaseUrl> {
  let last: { readonly url: string; readonly base: BaseUrl } | null = null;
  return async () => {
    const url = await loopbackUrl().catch((cause: unknown) => {
      throw new ProxyError('upstream_unreachable', 'the loopback provider could not be started', { cause });
    });
    if (last?.url !== url) {
      const base = parseBaseUrl(url, { local: true, insecure: false });
      if ('problem' in base) throw new Error(`the loopback provider's address: ${base.problem}`);
      last = { url, base };
    }
    return last.base;
  };
}

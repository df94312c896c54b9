import { ProxyError } from '../errors.ts';
import type { Call, RoutedCall, Target } from '../exchange.ts';
import type { Reply } from '../reply.ts';
import type { Next, Stage } from '../stage.ts';
import { joinPath, parseBaseUrl, type BaseUrl } from './base-url.ts';
import { chooseProvider, type Choice } from './choose.ts';
import { credentialFor } from './credential.ts';
import { prepareProviders, type ProviderWithKey } from './provider.ts';

export interface ProviderRouterParts {
  readonly providers: Readonly<Record<string, ProviderWithKey>>;
  /** The address of the loopback provider, which is started when it is first asked for. */
  readonly loopbackUrl: () => Promise<string>;
}

/** Chooses the provider of a call, and what it is sent as path and credential. */
export function providerRouter({ providers, loopbackUrl }: ProviderRouterParts): Stage<Call, RoutedCall> {
  const prepared = prepareProviders(providers);
  const loopbackBase = loopbackBases(loopbackUrl);

  function handle(call: Call, next: Next<RoutedCall>): Promise<Reply> {
    const choice = chooseProvider(call, prepared);
    const { base } = choice.provider;
    call.record.provider = choice.provider.name;
    call.record.dialect = choice.dialect;
    if (base) return next(routed(call, choice, base));
    return loopbackBase().then((started) => next(routed(call, choice, started)));
  }

  return { name: 'provider-router', handle };
}

/** The fields are named one by one: a spread of so many is slower than all of this stage. */
function routed(call: Call, choice: Choice, base: BaseUrl): RoutedCall {
  const { id, method, route, query, headers, body, client, access, record, hold } = call;
  const { model, streamed, envelope, edits, bodyFor, admit } = call;
  const { dialect } = choice;
  const target = targetOf(call, choice, base);
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

function targetOf(call: Call, choice: Choice, base: BaseUrl): Target {
  const { name, local } = choice.provider;
  const { headers, query } = credentialFor(call, choice);
  return {
    provider: name,
    origin: base.origin,
    path: joinPath(base, call.route.path) + query,
    model: call.model,
    credential: headers,
    local,
    allowsPrivate: local || base.loopback,
    firstByteMs: null,
  };
}

/** Asks for the loopback provider's address each time, since it can be started anew, and takes it apart when it changes. */
function loopbackBases(loopbackUrl: () => Promise<string>): () => Promise<BaseUrl> {
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

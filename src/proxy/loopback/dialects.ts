import type { IncomingHttpHeaders } from 'node:http';
import { anthropicErrorBody } from './anthropic/errors.ts';
import { anthropicRoutes } from './anthropic/routes.ts';
import { geminiErrorBody } from './gemini/errors.ts';
import { geminiRoutes } from './gemini/routes.ts';
import { openaiErrorBody } from './openai/errors.ts';
import { openaiRoutes } from './openai/routes.ts';
import type { LoopbackRoute, RawHeaders } from './provided.ts';
import type { ErrorDetails } from './status-messages.ts';

/** One provider's endpoints and manners. */
export interface ProviderManners {
  readonly routes: readonly LoopbackRoute[];
  readonly errorBody: (status: number, details?: ErrorDetails) => unknown;
  /** Headers that stand on every answer. */
  readonly headers: (hash: string) => RawHeaders;
}

const anthropic: ProviderManners = {
  routes: anthropicRoutes,
  errorBody: anthropicErrorBody,
  headers: (hash) => ['request-id', `req_${hash}`, ...anthropicHeaders],
};

const openai: ProviderManners = {
  routes: openaiRoutes,
  errorBody: openaiErrorBody,
  headers: (hash) => ['x-request-id', `req_${hash}`, ...openaiHeaders],
};

const gemini: ProviderManners = {
  routes: geminiRoutes,
  errorBody: geminiErrorBody,
  headers: () => ['x-content-type-options', 'nosniff', 'server-timing', 'gfet4t7; dur=1'],
};

/** Nothing of a limit is ever used up; that it was refilled in the past says so too, and is the same each time. */
const anthropicHeaders: RawHeaders = [
  'anthropic-organization-id',
  '00000000-0000-4000-8000-000000000000',
  ...['requests', 'tokens', 'input-tokens', 'output-tokens'].flatMap((kind) => [
    `anthropic-ratelimit-${kind}-limit`,
    '1000000',
    `anthropic-ratelimit-${kind}-remaining`,
    '1000000',
    `anthropic-ratelimit-${kind}-reset`,
    '2026-01-01T00:00:00Z',
  ]),
];

const openaiHeaders: RawHeaders = [
  'openai-organization',
  'loopback',
  'openai-processing-ms',
  '1',
  'openai-version',
  '2020-10-01',
  ...['requests', 'tokens'].flatMap((kind) => [
    `x-ratelimit-limit-${kind}`,
    '1000000',
    `x-ratelimit-remaining-${kind}`,
    '1000000',
    `x-ratelimit-reset-${kind}`,
    '0s',
  ]),
];

/** Who is asked: told by the path, and for those that several providers have, by Anthropic's version header. */
export function mannersFor(path: string, headers: IncomingHttpHeaders): ProviderManners {
  if (path.startsWith('/v1/messages')) return anthropic;
  if (path.startsWith('/v1beta/') || path.startsWith('/upload/v1beta/')) return gemini;
  const shared = path.startsWith('/v1/models') || path.startsWith('/v1/files');
  return shared && headers['anthropic-version'] !== undefined ? anthropic : openai;
}

import type { Dialect } from '../dialect.ts';
import type { ProviderOptions } from './options.ts';

const remote = { local: false, insecure: false };

/** The providers that need no configuration. The loopback provider is not among them: it has no address until it is asked for. */
export const builtInProviders: Readonly<Record<'anthropic' | 'openai' | 'gemini', ProviderOptions>> = {
  anthropic: {
    ...remote,
    baseUrl: 'https://api.anthropic.com',
    dialects: ['anthropic-messages'],
    apiKeyEnv: 'ANTHROPIC_API_KEY',
  },
  openai: {
    ...remote,
    baseUrl: 'https://api.openai.com',
    dialects: ['openai-chat', 'openai-responses'],
    apiKeyEnv: 'OPENAI_API_KEY',
  },
  gemini: {
    ...remote,
    baseUrl: 'https://generativelanguage.googleapis.com',
    dialects: ['gemini'],
    apiKeyEnv: 'GEMINI_API_KEY',
  },
};

/** Who is meant when a request names no provider. */
export const defaultProviders: Readonly<Record<Dialect, string>> = {
  'anthropic-messages': 'anthropic',
  'openai-chat': 'openai',
  'openai-responses': 'openai',
  gemini: 'gemini',
};

export const loopbackName = 'loopback';

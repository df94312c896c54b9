import { call, type CallParts } from './exchange.ts';
import { ProxyError } from '../../src/proxy/errors.ts';
import type { RoutedCall, Target } from '../../src/proxy/exchange.ts';
import { builtInProviders } from '../../src/proxy/provider-router/built-in.ts';
import type { ProviderWithKey } from '../../src/proxy/provider-router/provider.ts';
import { providerRouter, routerMemory, type ProviderRouterParts } from '../../src/proxy/provider-router/stage.ts';
import { fakeClock } from './fake-clock.ts';

const keyless = Object.fromEntries(
  Object.entries(builtInProviders).map(([name, built]) => [name, { ...built, apiKey: null }]),
);
export const configured: Record<string, ProviderWithKey> = {
  ...keyless,
  ollama: { baseUrl: 'http://127.0.0.1:11434', dialects: ['openai-chat'], local: true, insecure: false, apiKey: null },
  backup: {
    baseUrl: 'https://backup.test/api/v1',
    dialects: ['anthropic-messages', 'gemini', 'openai-chat'],
    apiKeyEnv: 'BACKUP_KEY',
    local: false,
    insecure: false,
    apiKey: 'held-backup',
  },
};
export const held: Record<string, ProviderWithKey> = {
  ...configured,
  anthropic: { ...builtInProviders.anthropic, apiKey: 'held-anthropic' },
  openai: { ...builtInProviders.openai, apiKey: 'held-openai' },
  gemini: { ...builtInProviders.gemini, apiKey: 'held-gemini' },
};

/** A router's parts, but for its providers: without rules, and with every circuit closed. */
export function routerParts(): Omit<ProviderRouterParts, 'providers' | 'loopbackUrl'> {
  return {
    routes: [],
    memory: routerMemory(),
    circuits: { state: () => 'closed', retryAfterMs: () => 0 },
    clock: fakeClock(),
    totalMs: 0,
    random: () => 0,
    priceOf: () => null,
  };
}

export interface RoutingSetting extends CallParts {
  readonly providers?: Record<string, ProviderWithKey>;
  readonly loopbackUrl?: () => Promise<string>;
}

/** Runs the stage and gives what it passed on. */
export async function routed(setting: RoutingSetting): Promise<RoutedCall> {
  const { providers = configured, loopbackUrl = () => Promise.resolve('http://127.0.0.1:4321'), ...parts } = setting;
  let passed: RoutedCall | null = null;
  const stop = new Error('passed on');
  const next = (routedCall: RoutedCall): never => {
    passed = routedCall;
    throw stop;
  };
  try {
    await providerRouter({ ...routerParts(), providers, loopbackUrl }).handle(call(parts), next);
  } catch (error) {
    if (error !== stop) throw error;
  }
  if (passed === null) throw new Error('nothing was passed on');
  return passed;
}

export async function target(setting: RoutingSetting): Promise<Target> {
  return (await routed(setting)).target;
}

export async function refusal(setting: RoutingSetting): Promise<ProxyError> {
  const outcome: unknown = await routed(setting).catch((error: unknown) => error);
  if (!(outcome instanceof ProxyError)) throw new Error('nothing was refused');
  return outcome;
}

export const chat = { dialect: 'openai-chat', route: { path: '/v1/chat/completions' } } as const;
export const responses = { dialect: 'openai-responses', route: { path: '/v1/responses' } } as const;
export const gemini = { dialect: 'gemini', route: { path: '/v1beta/models/m:generateContent' } } as const;
export const shared = { endpoint: { shared: true }, route: { path: '/v1/models' } } as const;
export const bearer = ['Authorization', 'Bearer sk-mine'];
export const apiKey = ['x-api-key', 'sk-mine'];

export function at<T extends RoutingSetting>(provider: string, setting: T): T {
  return { ...setting, route: { ...setting.route, provider } };
}

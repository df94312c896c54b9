import { expect, it } from 'vitest';
import { builtInProviders } from './built-in.ts';
import { isProviderName } from './provider-name.ts';

it.each([...Object.keys(builtInProviders), 'ollama', 'open-router.2', '3cloud', 'a'.repeat(64)])(
  'lets a provider be called %s',
  (name) => expect(isProviderName(name)).toBe(true),
);

it.each(['', 'Ollama', 'a b', 'a/b', '../a', '-a', '.a', 'é', 'a%20b', '__proto__', 'a'.repeat(65)])(
  'knows no provider by the form of %j',
  (name) => expect(isProviderName(name)).toBe(false),
);

it.each(['v1', 'v1beta', 'upload', 'messages', 'p', 'ak', 'health', 'stats', 'metrics', 'events', 'loopback'])(
  'keeps %s for itself',
  (name) => expect(isProviderName(name)).toBe(false),
);

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { joinPath, parseBaseUrl } from './base-url.ts';
import { builtInProviders } from './built-in.ts';
import { providerOptions, type ProviderOptions } from './options.ts';
import { isProviderName } from './provider-name.ts';

const templates = path.join(import.meta.dirname, '../../../templates');
const snippet = z.strictObject({ providers: z.record(z.string().refine(isProviderName), providerOptions) });

function providersOf(file: string): Record<string, ProviderOptions> {
  return snippet.parse(parse(readFileSync(path.join(templates, 'providers', file), 'utf8'))).providers;
}

const files = readdirSync(path.join(templates, 'providers'));
const all = Object.assign({}, ...files.map(providersOf)) as Record<string, ProviderOptions>;

describe("the providers' templates", () => {
  it('are one a provider', () => {
    expect(files.sort()).toEqual(
      ['deepseek', 'groq', 'litellm', 'ollama', 'openrouter', 'vllm'].map((name) => `${name}.yaml`),
    );
  });

  it.each(files)('say in %s how it is used', (file) => {
    const text = readFileSync(path.join(templates, 'providers', file), 'utf8');
    expect(text).toMatch(/^# .*\n/);
    for (const name of Object.keys(providersOf(file))) expect(text).toContain(`http://127.0.0.1:8766/${name}`);
  });

  it.each([
    ['ollama', '/v1/chat/completions', 'http://127.0.0.1:11434/v1/chat/completions'],
    ['ollama', '/v1/messages', 'http://127.0.0.1:11434/v1/messages'],
    ['ollama', '/api/tags', 'http://127.0.0.1:11434/api/tags'],
    ['openrouter', '/v1/chat/completions', 'https://openrouter.ai/api/v1/chat/completions'],
    ['openrouter', '/v1/models', 'https://openrouter.ai/api/v1/models'],
    ['groq', '/v1/responses', 'https://api.groq.com/openai/v1/responses'],
    ['groq', '/v1/audio/transcriptions', 'https://api.groq.com/openai/v1/audio/transcriptions'],
    ['deepseek', '/v1/chat/completions', 'https://api.deepseek.com/v1/chat/completions'],
    ['deepseek-anthropic', '/v1/messages', 'https://api.deepseek.com/anthropic/v1/messages'],
    ['vllm', '/v1/completions', 'http://127.0.0.1:8000/v1/completions'],
    ['litellm', '/v1beta/models/m:generateContent', 'http://127.0.0.1:4000/v1beta/models/m:generateContent'],
    ['anthropic', '/v1/messages/count_tokens', 'https://api.anthropic.com/v1/messages/count_tokens'],
    ['openai', '/v1/embeddings', 'https://api.openai.com/v1/embeddings'],
    ['gemini', '/upload/v1beta/files', 'https://generativelanguage.googleapis.com/upload/v1beta/files'],
  ])('send %s %s to %s', (name, requested, url) => {
    const options = { ...all, ...builtInProviders }[name];
    if (options === undefined) throw new Error(`no template for ${name}`);
    const base = parseBaseUrl(options.baseUrl, options);
    if ('problem' in base) throw new Error(base.problem);
    expect(base.origin + joinPath(base, requested)).toBe(url);
  });
});

import { deepseek } from './deepseek.ts';
import { deepseekAnthropic } from './deepseek-anthropic.ts';
import { groq } from './groq.ts';
import { litellm } from './litellm.ts';
import { ollama } from './ollama.ts';
import { openrouter } from './openrouter.ts';
import { vllm } from './vllm.ts';
import type { Product } from './product.ts';

export type { Product } from './product.ts';

export const products: readonly Product[] = [
  ollama(),
  openrouter(),
  groq(),
  deepseek(),
  deepseekAnthropic(),
  vllm(),
  litellm(),
];

import { parentPort } from 'node:worker_threads';
import { Tiktoken } from 'js-tiktoken/lite';
import o200kBase from 'js-tiktoken/ranks/o200k_base';
import { countTokens } from './count.ts';
import type { CountRequest, CountReply } from './estimator.ts';

// The thread that counts tokens: building the encoding takes most of a second and 150 MB.
const encoding = new Tiktoken(o200kBase);

// Nothing is a special token here: a text that spells one out is text.
const encode = (text: string): number[] => encoding.encode(text, [], []);

parentPort?.on('message', ({ id, text }: CountRequest) => {
  const reply: CountReply = { id, tokens: countTokens(encode, text) };
  parentPort?.postMessage(reply);
});

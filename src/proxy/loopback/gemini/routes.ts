import { usageOf } from '../answer.ts';
import { modelNames } from '../model-names.ts';
import { jsonAnswer, type LoopbackRoute, type Provided } from '../provided.ts';
import type { LoopbackRequest } from '../request.ts';
import { batchEmbedContents, embedContent } from './embed.ts';
import { generateContent, streamGenerateContent } from './generate.ts';
import { resourceRoutes } from './resources.ts';

export const geminiRoutes: readonly LoopbackRoute[] = [
  { method: 'POST', path: method('generateContent'), answer: generateContent },
  { method: 'POST', path: method('streamGenerateContent'), answer: streamGenerateContent },
  { method: 'POST', path: method('countTokens'), answer: countTokens },
  { method: 'POST', path: method('embedContent'), answer: embedContent },
  { method: 'POST', path: method('batchEmbedContents'), answer: batchEmbedContents },
  { method: 'GET', path: /^\/v1beta\/models$/, answer: () => jsonAnswer({ models: modelNames.map(model) }) },
  { method: 'GET', path: /^\/v1beta\/models\/([^/:]+)$/, answer: (_request, id) => jsonAnswer(model(id)) },
  ...resourceRoutes,
];

function method(name: string): RegExp {
  return new RegExp(`^/v1beta/models/([^/:]+):${name}$`);
}

function countTokens(request: LoopbackRequest): Provided {
  const { input, cacheRead } = usageOf(request);
  const totalTokens = input + cacheRead;
  return jsonAnswer({ totalTokens, promptTokensDetails: [{ modality: 'TEXT', tokenCount: totalTokens }] });
}

function model(name: string) {
  return {
    name: `models/${name}`,
    version: '001',
    displayName: name,
    description: 'Answers from this machine',
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ['generateContent', 'countTokens', 'embedContent'],
  };
}

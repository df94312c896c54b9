import { modelNames } from '../model-names.ts';
import { jsonAnswer, type LoopbackRoute } from '../provided.ts';
import { createdSeconds } from '../request.ts';
import { chatCompletions } from './chat.ts';
import { completions } from './completions.ts';
import { embeddings } from './embeddings.ts';
import { mediaRoutes } from './media.ts';
import { resourceRoutes } from './resources.ts';
import { responsesRoutes } from './responses.ts';

export const openaiRoutes: readonly LoopbackRoute[] = [
  { method: 'POST', path: /^\/v1\/chat\/completions$/, answer: chatCompletions },
  { method: 'POST', path: /^\/v1\/completions$/, answer: completions },
  ...responsesRoutes,
  { method: 'POST', path: /^\/v1\/embeddings$/, answer: embeddings },
  { method: 'GET', path: /^\/v1\/models$/, answer: () => jsonAnswer({ object: 'list', data: modelNames.map(model) }) },
  { method: 'GET', path: /^\/v1\/models\/([^/]+)$/, answer: (_request, id) => jsonAnswer(model(id)) },
  ...mediaRoutes,
  ...resourceRoutes,
];

function model(id: string) {
  return { id, object: 'model', created: createdSeconds, owned_by: 'loopback' };
}

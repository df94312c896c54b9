import { recordsIn } from '../json-members.ts';
import { answerTo, usageOf } from '../answer.ts';
import { eventStreamHeaders, jsonAnswer, type LoopbackRoute, type Provided } from '../provided.ts';
import { createdSeconds, type LoopbackRequest, type OfferedTool } from '../request.ts';
import { responseEvents } from './response-events.ts';
import { outputItems } from './response-items.ts';
import { allInput, responsesUsage } from './usage.ts';

/** `/v1/responses` and what stands below it. Nothing is stored: any id is known, and holds the same answer. */
export const responsesRoutes: readonly LoopbackRoute[] = [
  { method: 'POST', path: /^\/v1\/responses$/, answer: createResponse },
  { method: 'POST', path: /^\/v1\/responses\/input_tokens$/, answer: inputTokens },
  {
    method: 'GET',
    path: /^\/v1\/responses\/([^/]+)$/,
    answer: (request, id) => jsonAnswer(storedResponse(id, request, 'completed')),
  },
  { method: 'DELETE', path: /^\/v1\/responses\/([^/]+)$/, answer: deleted },
  {
    method: 'POST',
    path: /^\/v1\/responses\/([^/]+)\/cancel$/,
    answer: (request, id) => jsonAnswer(storedResponse(id, request, 'cancelled')),
  },
  { method: 'GET', path: /^\/v1\/responses\/([^/]+)\/input_items$/, answer: inputItems },
];

function createResponse(request: LoopbackRequest): Provided {
  const answer = answerTo(request, conversationOf(request));
  const response = {
    ...frame(`resp_${request.hash}`, answer.model),
    status: 'completed',
    completed_at: createdSeconds,
    output: outputItems(answer, request.hash),
    service_tier: request.directives.tier ?? 'default',
    usage: responsesUsage(answer.usage),
  };
  if (request.members.get('stream') !== true) return jsonAnswer(response);
  const { events, errorEvent } = responseEvents(response, answer);
  return { kind: 'stream', headers: eventStreamHeaders, events, terminalEvents: 1, errorEvent };
}

function conversationOf({ members }: LoopbackRequest) {
  return {
    tools(): OfferedTool[] {
      return recordsIn(members.get('tools'))
        .filter((tool) => tool['type'] === 'function')
        .map(({ name, parameters }) => ({ name: String(name), schema: parameters }));
    },
    hasToolResults(): boolean {
      return recordsIn(members.get('input')).at(-1)?.['type'] === 'function_call_output';
    },
  };
}

function frame(id: string, model: string) {
  return {
    id,
    object: 'response',
    created_at: createdSeconds,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    metadata: {},
    model,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: true,
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
  };
}

function inputTokens(request: LoopbackRequest): Provided {
  return jsonAnswer({ object: 'response.input_tokens', input_tokens: allInput(usageOf(request)) });
}

function storedResponse(id: string, { hash }: LoopbackRequest, status: 'completed' | 'cancelled') {
  const text = status === 'completed' ? ['Loopback keeps nothing.'] : [];
  const output = outputItems({ model: 'loopback', thinking: [], text, calls: [], usage: null }, hash);
  return { ...frame(id, 'loopback'), status, output };
}

function deleted(_request: LoopbackRequest, id: string): Provided {
  return jsonAnswer({ id, object: 'response', deleted: true });
}

function inputItems({ hash }: LoopbackRequest): Provided {
  const content = [{ type: 'input_text', text: 'Loopback keeps nothing.' }];
  const item = { id: `msg_${hash}`, type: 'message', role: 'user', status: 'completed', content };
  return jsonAnswer({ object: 'list', data: [item], has_more: false, first_id: item.id, last_id: item.id });
}

import { recordsIn, type JsonRecord } from '../json-members.ts';
import { answerTo, piecesOf, type Answer } from '../answer.ts';
import { eventStreamHeaders, jsonAnswer, type Provided } from '../provided.ts';
import { createdSeconds, type LoopbackRequest, type OfferedTool } from '../request.ts';
import { dataEvent, finishedEvents, wantsUsage, type ChunkFrame } from './chunks.ts';
import { openaiErrorBody } from './errors.ts';
import { chatUsage } from './usage.ts';

/** `POST /v1/chat/completions`. Chat shows no thinking: its tokens are counted and nothing else. */
export function chatCompletions(request: LoopbackRequest): Provided {
  const answer = answerTo(request, conversationOf(request));
  const usage = chatUsage(answer.usage);
  const frame = {
    id: `chatcmpl-${request.hash}`,
    created: createdSeconds,
    model: answer.model,
    service_tier: request.directives.tier ?? 'default',
    system_fingerprint: 'fp_loopback',
  };
  const finish_reason = answer.calls.length > 0 ? 'tool_calls' : 'stop';
  if (request.members.get('stream') !== true) {
    const choice = { index: 0, message: messageOf(answer), logprobs: null, finish_reason };
    return jsonAnswer({ ...frame, object: 'chat.completion', choices: [choice], usage });
  }
  const chunk: ChunkFrame = { ...frame, object: 'chat.completion.chunk', ...(wantsUsage(request) && { usage: null }) };
  const events = deltasOf(answer).map((delta) => choiceEvent(chunk, delta, null));
  const ending = finishedEvents(choiceEvent(chunk, {}, finish_reason), chunk, usage);
  return {
    kind: 'stream',
    headers: eventStreamHeaders,
    events: [...events, ...ending],
    terminalEvents: ending.length,
    errorEvent: () => dataEvent(openaiErrorBody(500)),
  };
}

function conversationOf({ members }: LoopbackRequest) {
  return {
    tools(): OfferedTool[] {
      return recordsIn(members.get('tools'))
        .filter((tool) => tool['type'] === 'function')
        .flatMap((tool) => recordsIn([tool['function']]))
        .map(({ name, parameters }) => ({ name: String(name), schema: parameters }));
    },
    hasToolResults: () => recordsIn(members.get('messages')).at(-1)?.['role'] === 'tool',
  };
}

function messageOf({ text, calls }: Answer): JsonRecord {
  const message = {
    role: 'assistant',
    content: calls.length > 0 ? null : text.join(''),
    refusal: null,
    annotations: [],
  };
  if (calls.length === 0) return message;
  const tool_calls = calls.map((call) => ({
    id: `call_${call.id}`,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));
  return { ...message, tool_calls };
}

function deltasOf({ text, calls }: Answer): JsonRecord[] {
  const first = { role: 'assistant', content: calls.length > 0 ? null : '', refusal: null };
  const deltas: JsonRecord[] = [first, ...text.map((content) => ({ content }))];
  for (const [index, call] of calls.entries()) {
    const named = { index, id: `call_${call.id}`, type: 'function', function: { name: call.name, arguments: '' } };
    deltas.push({ tool_calls: [named] });
    for (const piece of piecesOf(JSON.stringify(call.arguments), 8)) {
      deltas.push({ tool_calls: [{ index, function: { arguments: piece } }] });
    }
  }
  return deltas;
}

function choiceEvent(chunk: ChunkFrame, delta: JsonRecord, finish_reason: string | null): string {
  return dataEvent({ ...chunk, choices: [{ index: 0, delta, logprobs: null, finish_reason }] });
}

import { recordsIn, type JsonRecord } from '../json-members.ts';
import { answerTo, piecesOf, type Answer } from '../answer.ts';
import { eventStreamHeaders, jsonAnswer, type Provided } from '../provided.ts';
import type { LoopbackRequest, OfferedTool } from '../request.ts';
import { anthropicErrorBody } from './errors.ts';
import { startUsage, deltaUsage, wholeUsage } from './usage.ts';

/** `POST /v1/messages`. */
export function messages(request: LoopbackRequest): Provided {
  const answer = answerTo(request, conversationOf(request));
  const message = {
    id: `msg_${request.hash}`,
    type: 'message',
    role: 'assistant',
    model: answer.model,
    content: contentOf(answer, request),
    stop_reason: answer.calls.length > 0 ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
    usage: wholeUsage(answer.usage, request.directives),
  };
  if (request.members.get('stream') !== true) return jsonAnswer(message);
  const errorEvent = (): string => event(anthropicErrorBody(529));
  return {
    kind: 'stream',
    headers: eventStreamHeaders,
    events: eventsOf(message, answer, request),
    terminalEvents: 1,
    errorEvent,
  };
}

function conversationOf({ members }: LoopbackRequest) {
  return {
    tools(): OfferedTool[] {
      return recordsIn(members.get('tools'))
        .filter((tool) => tool['input_schema'] !== undefined)
        .map((tool) => ({ name: String(tool['name']), schema: tool['input_schema'] }));
    },
    hasToolResults(): boolean {
      const content = recordsIn(members.get('messages')).at(-1)?.['content'];
      return recordsIn(content).some((block) => block['type'] === 'tool_result');
    },
  };
}

function contentOf({ thinking, text, calls }: Answer, { hash }: LoopbackRequest): JsonRecord[] {
  const blocks: JsonRecord[] = [];
  if (thinking.length > 0) blocks.push({ type: 'thinking', thinking: thinking.join(''), signature: signature(hash) });
  if (text.length > 0) blocks.push({ type: 'text', text: text.join('') });
  for (const call of calls) {
    const caller = { type: 'direct' };
    blocks.push({ type: 'tool_use', id: `toolu_${call.id}`, name: call.name, input: call.arguments, caller });
  }
  return blocks;
}

function eventsOf(
  message: { content: JsonRecord[] } & JsonRecord,
  answer: Answer,
  { directives }: LoopbackRequest,
): string[] {
  const started = { ...message, content: [], stop_reason: null, usage: startUsage(answer.usage, directives) };
  const events = [event({ type: 'message_start', message: started })];
  for (const [index, block] of message.content.entries()) {
    const { empty, deltas } = streamedBlock(block, answer);
    events.push(event({ type: 'content_block_start', index, content_block: empty }));
    if (index === 0) events.push(event({ type: 'ping' }));
    for (const delta of deltas) events.push(event({ type: 'content_block_delta', index, delta }));
    events.push(event({ type: 'content_block_stop', index }));
  }
  const { stop_reason, stop_sequence, stop_details, container } = message;
  const delta = { stop_reason, stop_sequence, stop_details, container };
  events.push(
    event({ type: 'message_delta', delta, usage: deltaUsage(answer.usage) }),
    event({ type: 'message_stop' }),
  );
  return events;
}

/** A block as it starts, and what is then added to it. */
function streamedBlock(block: JsonRecord, answer: Answer): { empty: JsonRecord; deltas: JsonRecord[] } {
  if (block['type'] === 'text') {
    const deltas = answer.text.map((text) => ({ type: 'text_delta', text }));
    return { empty: { ...block, text: '' }, deltas };
  }
  if (block['type'] === 'thinking') {
    const deltas: JsonRecord[] = answer.thinking.map((thinking) => ({ type: 'thinking_delta', thinking }));
    deltas.push({ type: 'signature_delta', signature: block['signature'] });
    return { empty: { ...block, thinking: '', signature: '' }, deltas };
  }
  const deltas = ['', ...piecesOf(JSON.stringify(block['input']), 8)].map((piece) => ({
    type: 'input_json_delta',
    partial_json: piece,
  }));
  return { empty: { ...block, input: {} }, deltas };
}

/** The official SDK ignores events without a name, so each has one. */
function event(data: { readonly type: string } & JsonRecord): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

function signature(hash: string): string {
  return Buffer.from(`loopback ${hash}`).toString('base64');
}

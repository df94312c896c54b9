import type { JsonRecord } from '../json-members.ts';
import { piecesOf, type Answer } from '../answer.ts';
import { openaiErrorBody } from './errors.ts';

interface FinishedResponse extends JsonRecord {
  readonly output: readonly JsonRecord[];
}

/** An event without its sequence number. */
interface NamedEvent extends JsonRecord {
  readonly type: string;
}

/** A finished response as the events that build it. */
export function responseEvents(response: FinishedResponse, answer: Answer) {
  const { usage: _usage, completed_at: _completedAt, ...rest } = response;
  const begun = { ...rest, status: 'in_progress', output: [] };
  const events: NamedEvent[] = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...response.output.flatMap((item, index) => itemEvents(item, index, answer)),
    { type: 'response.completed', response },
  ];
  return { events: events.map(encoded), errorEvent: (behind: number) => failed(begun, behind) };
}

function encoded(event: NamedEvent, sequence_number: number): string {
  const { type, ...rest } = event;
  return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number, ...rest })}\n\n`;
}

/** An error as its own event and as the terminal one: which of the two a client heeds differs. */
function failed(begun: JsonRecord, behind: number): string {
  const { message, code } = openaiErrorBody(500).error;
  const response = { ...begun, status: 'failed', error: { code, message } };
  const error = encoded({ type: 'error', code, message, param: null }, behind);
  return error + encoded({ type: 'response.failed', response }, behind + 1);
}

function itemEvents(item: JsonRecord, output_index: number, answer: Answer): NamedEvent[] {
  const place = { item_id: item['id'], output_index };
  const { begun, inner } = itemParts(item, place, answer);
  return [
    { type: 'response.output_item.added', output_index, item: { ...item, ...begun } },
    ...inner,
    { type: 'response.output_item.done', output_index, item },
  ];
}

/** What an item lacks when it is added, and the events that fill it. */
function itemParts(item: JsonRecord, place: JsonRecord, answer: Answer): { begun: JsonRecord; inner: NamedEvent[] } {
  switch (item['type']) {
    case 'reasoning':
      return { begun: { summary: [] }, inner: summaryEvents(item, place, answer.thinking) };
    case 'function_call':
      return { begun: { status: 'in_progress', arguments: '' }, inner: argumentEvents(item, place) };
    default:
      return { begun: { status: 'in_progress', content: [] }, inner: textEvents(item, place, answer.text) };
  }
}

function summaryEvents(item: JsonRecord, place: JsonRecord, pieces: readonly string[]): NamedEvent[] {
  const at = { ...place, summary_index: 0 };
  const [part] = item['summary'] as [JsonRecord];
  return [
    { type: 'response.reasoning_summary_part.added', ...at, part: { ...part, text: '' } },
    ...pieces.map((delta) => ({ type: 'response.reasoning_summary_text.delta', ...at, delta })),
    { type: 'response.reasoning_summary_text.done', ...at, text: part['text'] },
    { type: 'response.reasoning_summary_part.done', ...at, part },
  ];
}

function argumentEvents(item: JsonRecord, place: JsonRecord): NamedEvent[] {
  const { name, arguments: whole } = item;
  return [
    ...piecesOf(String(whole), 8).map((delta) => ({ type: 'response.function_call_arguments.delta', ...place, delta })),
    { type: 'response.function_call_arguments.done', ...place, name, arguments: whole },
  ];
}

function textEvents(item: JsonRecord, place: JsonRecord, pieces: readonly string[]): NamedEvent[] {
  const at = { ...place, content_index: 0 };
  const [part] = item['content'] as [JsonRecord];
  return [
    { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
    ...pieces.map((delta) => ({ type: 'response.output_text.delta', ...at, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...at, text: part['text'], logprobs: [] },
    { type: 'response.content_part.done', ...at, part },
  ];
}

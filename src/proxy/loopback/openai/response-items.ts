import type { JsonRecord } from '../json-members.ts';
import type { Answer } from '../answer.ts';

/** The output of a finished response: a reasoning item if there was thinking, then the calls or the message. */
export function outputItems({ thinking, text, calls }: Answer, hash: string): JsonRecord[] {
  const items: JsonRecord[] = [];
  if (thinking.length > 0) {
    const summary = [{ type: 'summary_text', text: thinking.join('') }];
    items.push({ id: `rs_${hash}`, type: 'reasoning', summary, encrypted_content: encrypted(hash) });
  }
  for (const call of calls) {
    const named = { id: `fc_${call.id}`, type: 'function_call', status: 'completed', call_id: `call_${call.id}` };
    items.push({ ...named, name: call.name, arguments: JSON.stringify(call.arguments) });
  }
  if (calls.length === 0) {
    const content = [{ type: 'output_text', text: text.join(''), annotations: [], logprobs: [] }];
    items.push({ id: `msg_${hash}`, type: 'message', status: 'completed', role: 'assistant', content });
  }
  return items;
}

function encrypted(hash: string): string {
  return Buffer.from(`loopback ${hash}`).toString('base64');
}

import { answerTo } from '../answer.ts';
import { eventStreamHeaders, jsonAnswer, type Provided } from '../provided.ts';
import { createdSeconds, type LoopbackRequest } from '../request.ts';
import { dataEvent, finishedEvents, wantsUsage, type ChunkFrame } from './chunks.ts';
import { openaiErrorBody } from './errors.ts';
import { chatUsage } from './usage.ts';

/** `POST /v1/completions`, the endpoint before Chat. */
export function completions(request: LoopbackRequest): Provided {
  const answer = answerTo(request, { tools: () => [], hasToolResults: () => false });
  const usage = chatUsage(answer.usage);
  const frame = {
    id: `cmpl-${request.hash}`,
    object: 'text_completion',
    created: createdSeconds,
    model: answer.model,
    system_fingerprint: 'fp_loopback',
  };
  if (request.members.get('stream') !== true) {
    return jsonAnswer({ ...frame, choices: [choice(answer.text.join(''), 'stop')], usage });
  }
  const chunk: ChunkFrame = { ...frame, ...(wantsUsage(request) && { usage: null }) };
  const events = answer.text.map((text) => dataEvent({ ...chunk, choices: [choice(text, null)] }));
  const ending = finishedEvents(dataEvent({ ...chunk, choices: [choice('', 'stop')] }), chunk, usage);
  return {
    kind: 'stream',
    headers: eventStreamHeaders,
    events: [...events, ...ending],
    terminalEvents: ending.length,
    errorEvent: () => dataEvent(openaiErrorBody(500)),
  };
}

function choice(text: string, finish_reason: string | null) {
  return { index: 0, text, logprobs: null, finish_reason };
}

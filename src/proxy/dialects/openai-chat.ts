import { isObject } from '../json.ts';
import type { StreamEvent } from '../stream-events.ts';
import type { DialectFormat, StreamEnding } from './dialect-format.ts';
import { openaiErrorBody } from './openai-error.ts';

const finishReason = /"finish_reason"\s*:\s*"/;

/** https://platform.openai.com/docs/api-reference/chat-streaming; a stream is complete with `[DONE]` or a finish reason, since not every server sends both. */
export const openaiChat: DialectFormat = {
  errorBody: openaiErrorBody,
  streamError: (error) => `data: ${openaiErrorBody(error)}\n\n`,
  lastMark: /\[DONE\]/,
  watch() {
    let ending: StreamEnding = 'cut';
    return {
      last(event) {
        if (event.data === '[DONE]') {
          if (ending === 'cut') ending = 'complete';
          return true;
        }
        if (ending === 'cut' && finishReason.test(event.data) && hasFinished(event)) ending = 'complete';
        else if (event.data.includes('"error"') && isError(event)) ending = 'failed';
        return false;
      },
      ending: () => ending,
    };
  },
};

function hasFinished(event: StreamEvent): boolean {
  const data = event.json();
  if (!isObject(data) || !Array.isArray(data['choices'])) return false;
  return data['choices'].some((choice) => isObject(choice) && typeof choice['finish_reason'] === 'string');
}

function isError(event: StreamEvent): boolean {
  const data = event.json();
  return isObject(data) && isObject(data['error']);
}

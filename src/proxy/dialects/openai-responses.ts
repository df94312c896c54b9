import type { DialectFormat, StreamEnding } from './dialect-format.ts';
import { eventType } from './event-type.ts';
import { openaiErrorBody } from './openai-error.ts';

const endings: ReadonlyMap<string, StreamEnding> = new Map([
  ['response.completed', 'complete'],
  ['response.incomplete', 'complete'],
  ['response.cancelled', 'complete'],
  ['response.failed', 'failed'],
  ['error', 'failed'],
]);

/** https://platform.openai.com/docs/api-reference/responses-streaming */
export const openaiResponses: DialectFormat = {
  errorBody: openaiErrorBody,
  streamError(error, requestId) {
    // Clients wait for `response.failed`; the plain `error` event is only yielded, not thrown, by openai 6.
    const response = {
      id: `resp_${requestId}`,
      object: 'response',
      status: 'failed',
      error: { code: error.code, message: error.message },
      output: [],
    };
    return `event: response.failed\ndata: ${JSON.stringify({ type: 'response.failed', response })}\n\n`;
  },
  lastMark: /response\.(?:completed|incomplete|cancelled|failed)|error/,
  watch() {
    let ending: StreamEnding = 'cut';
    return {
      last(event) {
        ending = endings.get(eventType(event)) ?? ending;
        return ending !== 'cut';
      },
      ending: () => ending,
    };
  },
};

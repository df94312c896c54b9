import type { ProxyError } from '../errors.ts';
import type { DialectFormat, StreamEnding } from './dialect-format.ts';
import { eventType } from './event-type.ts';

/** https://docs.claude.com/en/api/errors and https://docs.claude.com/en/docs/build-with-claude/streaming */
export const anthropicMessages: DialectFormat = {
  errorBody: (error, requestId) => JSON.stringify({ ...errorOf(error), request_id: requestId }),
  streamError: (error) => `event: error\ndata: ${JSON.stringify(errorOf(error))}\n\n`,
  lastMark: /message_stop|error/,
  watch() {
    let ending: StreamEnding = 'cut';
    return {
      last(event) {
        const type = eventType(event);
        if (type === 'message_stop') ending = 'complete';
        else if (type === 'error') ending = 'failed';
        return ending !== 'cut';
      },
      ending: () => ending,
    };
  },
};

function errorOf(error: ProxyError): object {
  return { type: 'error', error: { type: error.kind.anthropicType, message: error.message } };
}

import type { ProxyError } from '../errors.ts';
import { isObject } from '../json.ts';
import type { DialectFormat, StreamEnding } from './dialect-format.ts';

const marks = /"(?:finishReason|finish_reason|blockReason|error)"\s*:/;

/** https://ai.google.dev/api/generate-content; a stream has no closing mark: it ends with its connection, complete once a candidate gave its `finishReason`. */
export const gemini: DialectFormat = {
  errorBody: (error) => JSON.stringify(errorOf(error)),
  streamError: (error) => `data: ${JSON.stringify(errorOf(error))}\r\n\r\n`,
  lastMark: null,
  watch() {
    let ending: StreamEnding = 'cut';
    return {
      last(event) {
        if (marks.test(event.data)) ending = endingOf(event.json()) ?? ending;
        return false;
      },
      ending: () => ending,
    };
  },
};

function endingOf(data: unknown): StreamEnding | null {
  if (!isObject(data)) return null;
  if (isObject(data['error'])) return 'failed';
  if (isObject(data['promptFeedback']) && data['promptFeedback']['blockReason']) return 'complete';
  const candidates = data['candidates'];
  if (!Array.isArray(candidates)) return null;
  return candidates.some((candidate) => isObject(candidate) && typeof candidate['finishReason'] === 'string')
    ? 'complete'
    : null;
}

/** Its clients wait for what stands in `details`, not for a header: https://cloud.google.com/apis/design/errors */
function errorOf({ kind, message, retryAfterSeconds }: ProxyError): object {
  const error = { code: kind.status, message, status: kind.geminiStatus };
  if (retryAfterSeconds === undefined) return { error };
  const retryInfo = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfterSeconds}s` };
  return { error: { ...error, details: [retryInfo] } };
}

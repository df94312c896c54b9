import { usageOf } from '../answer.ts';
import { jsonAnswer, type LoopbackRoute, type Provided } from '../provided.ts';
import { createdSeconds, type LoopbackRequest } from '../request.ts';
import { allInput } from './usage.ts';

/** A transparent pixel. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const moderationCategories = [
  'harassment',
  'harassment/threatening',
  'hate',
  'hate/threatening',
  'illicit',
  'illicit/violent',
  'self-harm',
  'self-harm/instructions',
  'self-harm/intent',
  'sexual',
  'sexual/minors',
  'violence',
  'violence/graphic',
];

export const mediaRoutes: readonly LoopbackRoute[] = [
  { method: 'POST', path: /^\/v1\/images\/(?:generations|edits|variations)$/, answer: images },
  { method: 'POST', path: /^\/v1\/audio\/(?:transcriptions|translations)$/, answer: transcription },
  { method: 'POST', path: /^\/v1\/audio\/speech$/, answer: speech },
  { method: 'POST', path: /^\/v1\/moderations$/, answer: moderations },
];

function images(request: LoopbackRequest): Provided {
  const usage = usageOf(request);
  const input = allInput(usage);
  return jsonAnswer({
    created: createdSeconds,
    data: [{ b64_json: png }],
    output_format: 'png',
    usage: {
      input_tokens: input,
      input_tokens_details: { text_tokens: input, image_tokens: 0 },
      output_tokens: usage.output,
      total_tokens: input + usage.output,
    },
  });
}

function transcription({ upload }: LoopbackRequest): Provided {
  const usage = { type: 'duration', seconds: 1 };
  return jsonAnswer({ text: `Loopback heard ${upload?.bytes ?? 0} bytes.`, usage });
}

/** Bytes that are no sound, as many as `size` says. */
function speech({ directives }: LoopbackRequest): Provided {
  const body = Buffer.alloc(directives.size ?? 4096, 'loopback');
  return { kind: 'whole', status: 200, headers: ['content-type', 'audio/mpeg'], body };
}

function moderations({ hash, model, members }: LoopbackRequest): Provided {
  const each = (value: unknown) => Object.fromEntries(moderationCategories.map((name) => [name, value]));
  const result = {
    flagged: false,
    categories: each(false),
    category_scores: each(0),
    category_applied_input_types: each(['text']),
  };
  const input = members.get('input');
  const results = Array.from({ length: Array.isArray(input) ? input.length : 1 }, () => result);
  return jsonAnswer({ id: `modr-${hash}`, model, results });
}

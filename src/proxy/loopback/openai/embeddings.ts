import { usageOf } from '../answer.ts';
import { embeddingVector } from '../embedding-vector.ts';
import { jsonAnswer, type Provided } from '../provided.ts';
import type { LoopbackRequest } from '../request.ts';
import { allInput } from './usage.ts';

/** `POST /v1/embeddings`, as lists of numbers or, as the official SDK asks for them, as base64 of 32-bit floats. */
export function embeddings(request: LoopbackRequest): Provided {
  const { members, hash, directives, model } = request;
  const base64 = members.get('encoding_format') === 'base64';
  const data = Array.from({ length: inputCount(members.get('input')) }, (_, index) => {
    const vector = embeddingVector(hash, index, members.get('dimensions'));
    return { object: 'embedding', index, embedding: base64 ? toBase64(vector) : vector };
  });
  const tokens = allInput(usageOf(request));
  const usage = directives.nousage ? undefined : { prompt_tokens: tokens, total_tokens: tokens };
  return jsonAnswer({ object: 'list', data, model: directives.model ?? model, usage });
}

/** The input is one text, a list of texts, one list of tokens, or a list of such lists. */
function inputCount(input: unknown): number {
  return Array.isArray(input) && typeof input[0] !== 'number' ? input.length : 1;
}

function toBase64(vector: readonly number[]): string {
  return Buffer.from(new Float32Array(vector).buffer).toString('base64');
}

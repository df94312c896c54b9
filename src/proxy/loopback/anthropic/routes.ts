import { usageOf } from '../answer.ts';
import { modelNames } from '../model-names.ts';
import { jsonAnswer, type LoopbackRoute } from '../provided.ts';
import { createdAt, type LoopbackRequest } from '../request.ts';
import { messages } from './messages.ts';

const created_at = createdAt.toISOString();

export const anthropicRoutes: readonly LoopbackRoute[] = [
  { method: 'POST', path: /^\/v1\/messages$/, answer: messages },
  { method: 'POST', path: /^\/v1\/messages\/count_tokens$/, answer: countTokens },
  {
    method: 'POST',
    path: /^\/v1\/messages\/batches$/,
    answer: ({ hash }) => jsonAnswer(batch(`msgbatch_${hash}`, false)),
  },
  {
    method: 'GET',
    path: /^\/v1\/messages\/batches$/,
    answer: () => jsonAnswer(page([batch('msgbatch_loopback', true)])),
  },
  {
    method: 'GET',
    path: /^\/v1\/messages\/batches\/([^/]+)$/,
    answer: (_request, id) => jsonAnswer(batch(id, true)),
  },
  { method: 'GET', path: /^\/v1\/models$/, answer: () => jsonAnswer(page(modelNames.map(model))) },
  { method: 'GET', path: /^\/v1\/models\/([^/]+)$/, answer: (_request, id) => jsonAnswer(model(id)) },
  { method: 'POST', path: /^\/v1\/files$/, answer: (request) => jsonAnswer(file(`file_${request.hash}`, request)) },
  { method: 'GET', path: /^\/v1\/files$/, answer: (request) => jsonAnswer(page([file('file_loopback', request)])) },
  {
    method: 'GET',
    path: /^\/v1\/files\/([^/]+)$/,
    answer: (request, id) => jsonAnswer(file(id, request)),
  },
  { method: 'DELETE', path: /^\/v1\/files\/([^/]+)$/, answer: deletedFile },
];

function countTokens(request: LoopbackRequest) {
  const { input, cacheRead, cacheWriteShort, cacheWriteLong } = usageOf(request);
  return jsonAnswer({ input_tokens: input + cacheRead + cacheWriteShort + cacheWriteLong });
}

function page(data: readonly { readonly id: string }[]) {
  return { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
}

function batch(id: string, ended: boolean) {
  return {
    id,
    type: 'message_batch',
    processing_status: ended ? 'ended' : 'in_progress',
    request_counts: { processing: ended ? 0 : 1, succeeded: ended ? 1 : 0, errored: 0, canceled: 0, expired: 0 },
    created_at,
    expires_at: '2026-01-02T00:00:00.000Z',
    ended_at: ended ? created_at : null,
    cancel_initiated_at: null,
    archived_at: null,
    results_url: null,
  };
}

function model(id: string) {
  return {
    type: 'model',
    id,
    display_name: id,
    created_at,
    deprecated_at: null,
    retires_at: null,
    lifecycle: 'active',
    line: null,
    max_input_tokens: 1_000_000,
    max_tokens: 128_000,
    capabilities: null,
  };
}

/** Size and hash are the whole body's, multipart frame and all, so that a test can compare what left with what arrived. */
function file(id: string, { upload }: LoopbackRequest) {
  const { bytes = 0, sha256 = null } = upload ?? {};
  const kind = { type: 'file', filename: 'upload', mime_type: 'application/octet-stream' };
  return { id, ...kind, size_bytes: bytes, created_at, downloadable: false, sha256 };
}

function deletedFile(_request: LoopbackRequest, id: string) {
  return jsonAnswer({ id, type: 'file_deleted' });
}

import type { JsonRecord } from '../json-members.ts';
import { jsonAnswer, type LoopbackRoute, type Provided } from '../provided.ts';
import { createdSeconds, type LoopbackRequest } from '../request.ts';

/** A kind of thing that a client creates, lists, reads and deletes. */
interface Resource {
  /** Its name in the path. */
  readonly collection: string;
  readonly object: string;
  readonly idPrefix: string;
  /** What it has besides id, object and `created_at`. */
  readonly fields: (request: LoopbackRequest) => JsonRecord;
}

const resources: readonly Resource[] = [
  { collection: 'files', object: 'file', idPrefix: 'file-', fields: fileFields },
  { collection: 'batches', object: 'batch', idPrefix: 'batch_', fields: batchFields },
  { collection: 'conversations', object: 'conversation', idPrefix: 'conv_', fields: () => ({ metadata: {} }) },
  { collection: 'uploads', object: 'upload', idPrefix: 'upload_', fields: uploadFields },
  { collection: 'vector_stores', object: 'vector_store', idPrefix: 'vs_', fields: vectorStoreFields },
];

/** Nothing is stored: whatever is asked for is there, and looks the same each time. */
export const resourceRoutes: readonly LoopbackRoute[] = [
  ...resources.flatMap(routesOf),
  { method: 'GET', path: /^\/v1\/files\/[^/]+\/content$/, answer: fileContent },
  {
    method: 'GET',
    path: /^\/v1\/(?:conversations\/[^/]+\/items|vector_stores\/[^/]+\/files)$/,
    answer: () => list([]),
  },
  { method: 'POST', path: /^\/v1\/uploads\/([^/]+)\/parts$/, answer: uploadPart },
];

function routesOf({ collection, object, idPrefix, fields }: Resource): LoopbackRoute[] {
  const all = new RegExp(`^/v1/${collection}$`);
  const one = new RegExp(`^/v1/${collection}/([^/]+)$`);
  const known = (id: string, more: JsonRecord): JsonRecord => ({
    id,
    object,
    created_at: createdSeconds,
    ...more,
  });
  const read = (request: LoopbackRequest, id: string) => jsonAnswer(known(id, fields(request)));
  const ended = (status: string) => (request: LoopbackRequest, id: string) =>
    jsonAnswer(known(id, { ...fields(request), status }));
  const deleted = (_request: LoopbackRequest, id: string) =>
    jsonAnswer({ id, object: object === 'file' ? object : `${object}.deleted`, deleted: true });
  return [
    { method: 'POST', path: all, answer: (request) => jsonAnswer(known(idPrefix + request.hash, fields(request))) },
    { method: 'GET', path: all, answer: (request) => list([known(`${idPrefix}loopback`, fields(request))]) },
    { method: 'GET', path: one, answer: read },
    { method: 'POST', path: one, answer: read },
    { method: 'DELETE', path: one, answer: deleted },
    { method: 'POST', path: new RegExp(`^/v1/${collection}/([^/]+)/cancel$`), answer: ended('cancelled') },
    { method: 'POST', path: new RegExp(`^/v1/${collection}/([^/]+)/complete$`), answer: ended('completed') },
  ];
}

function list(data: readonly JsonRecord[]): Provided {
  const ids = { first_id: data[0]?.['id'] ?? null, last_id: data.at(-1)?.['id'] ?? null };
  return jsonAnswer({ object: 'list', data, has_more: false, ...ids });
}

/** Size and hash are the whole body's, multipart frame and all, so that a test can compare what left with what arrived. */
function fileFields({ upload }: LoopbackRequest): JsonRecord {
  const { bytes = 0, sha256 = null } = upload ?? {};
  return { bytes, filename: 'upload', purpose: 'user_data', status: 'processed', sha256 };
}

function batchFields({ method, members }: LoopbackRequest): JsonRecord {
  const created = method === 'POST';
  return {
    endpoint: members.get('endpoint') ?? '/v1/chat/completions',
    input_file_id: members.get('input_file_id') ?? 'file-loopback',
    completion_window: '24h',
    status: created ? 'validating' : 'completed',
    request_counts: { total: 1, completed: created ? 0 : 1, failed: 0 },
    metadata: null,
  };
}

function uploadFields({ members }: LoopbackRequest): JsonRecord {
  return {
    bytes: members.get('bytes') ?? 0,
    filename: members.get('filename') ?? 'upload',
    purpose: members.get('purpose') ?? 'user_data',
    expires_at: createdSeconds + 3600,
    status: 'pending',
  };
}

function vectorStoreFields({ members }: LoopbackRequest): JsonRecord {
  const file_counts = { in_progress: 0, completed: 0, failed: 0, cancelled: 0, total: 0 };
  const name = members.get('name') ?? 'loopback';
  return { name, status: 'completed', usage_bytes: 0, file_counts, metadata: {}, last_active_at: createdSeconds };
}

function fileContent(): Provided {
  return { kind: 'whole', status: 200, headers: ['content-type', 'application/octet-stream'], body: 'loopback\n' };
}

function uploadPart({ hash, upload }: LoopbackRequest, uploadId: string): Provided {
  const part = { id: `part_${hash}`, object: 'upload.part', created_at: createdSeconds, upload_id: uploadId };
  return jsonAnswer({ ...part, sha256: upload?.sha256 ?? null });
}

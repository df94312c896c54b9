import { usageOf } from '../answer.ts';
import { jsonAnswer, type LoopbackRoute, type Provided } from '../provided.ts';
import { createdAt, type LoopbackRequest } from '../request.ts';

const createTime = createdAt.toISOString();
const tomorrow = '2026-01-02T00:00:00.000Z';

/** Files and cached contents. Nothing is stored: whatever is asked for is there, and looks the same each time. */
export const resourceRoutes: readonly LoopbackRoute[] = [
  { method: 'POST', path: /^\/upload\/v1beta\/files$/, answer: uploadFile },
  { method: 'GET', path: /^\/v1beta\/files$/, answer: (request) => jsonAnswer({ files: [file('loopback', request)] }) },
  {
    method: 'GET',
    path: /^\/v1beta\/files\/([^/]+)$/,
    answer: (request, id) => jsonAnswer(file(id, request)),
  },
  {
    method: 'POST',
    path: /^\/v1beta\/cachedContents$/,
    answer: (request) => jsonAnswer(cachedContent(request.hash, request)),
  },
  {
    method: 'GET',
    path: /^\/v1beta\/cachedContents$/,
    answer: (request) => jsonAnswer({ cachedContents: [cachedContent('loopback', request)] }),
  },
  {
    method: 'GET',
    path: /^\/v1beta\/cachedContents\/([^/]+)$/,
    answer: (request, id) => jsonAnswer(cachedContent(id, request)),
  },
  {
    method: 'PATCH',
    path: /^\/v1beta\/cachedContents\/([^/]+)$/,
    answer: (request, id) => jsonAnswer(cachedContent(id, request)),
  },
  { method: 'DELETE', path: /^\/v1beta\/(?:files|cachedContents)\/[^/]+$/, answer: () => jsonAnswer({}) },
];

/** The resumable protocol starts with a request for the address to upload to; any other upload is the file itself. */
function uploadFile(request: LoopbackRequest): Provided {
  const { headers, hash, path } = request;
  const command = String(headers['x-goog-upload-command'] ?? 'finalize');
  if (command === 'start') {
    const url = `http://${headers.host}${path}?upload_id=${hash}`;
    return answered({}, ['x-goog-upload-url', url, 'x-goog-upload-status', 'active']);
  }
  if (!command.includes('finalize')) return answered({}, ['x-goog-upload-status', 'active']);
  return answered({ file: file(hash, request) }, ['x-goog-upload-status', 'final']);
}

function answered(value: unknown, headers: readonly string[]): Provided {
  const answer = jsonAnswer(value);
  return { ...answer, headers: [...answer.headers, ...headers] };
}

/** The hash is base64 of the digits, as Gemini has it. */
function file(id: string, { headers, upload }: LoopbackRequest) {
  return {
    name: `files/${id}`,
    mimeType: 'application/octet-stream',
    sizeBytes: String(upload?.bytes ?? 0),
    createTime,
    updateTime: createTime,
    expirationTime: tomorrow,
    sha256Hash: Buffer.from(upload?.sha256 ?? '').toString('base64'),
    uri: `http://${headers.host}/v1beta/files/${id}`,
    state: 'ACTIVE',
    source: 'UPLOADED',
  };
}

function cachedContent(id: string, request: LoopbackRequest) {
  return {
    name: `cachedContents/${id}`,
    model: request.members.get('model') ?? 'models/loopback',
    displayName: request.members.get('displayName') ?? '',
    createTime,
    updateTime: createTime,
    expireTime: tomorrow,
    usageMetadata: { totalTokenCount: usageOf(request).input },
  };
}

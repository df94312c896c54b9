/** What the mock is asked to answer: one JSON body, a provider's error, a short stream at once, or a stream of so many paced events. */
export type ReplyKind = 'plain' | 'refused' | 'stream' | { readonly pacedEvents: number };

/** By this the mock knows what it is asked for: see `askedReply`. */
function userId(reply: ReplyKind): string {
  if (typeof reply === 'object') return `paced-${reply.pacedEvents}`;
  return reply === 'refused' ? reply : 'bench';
}

const code = [
  'export function total(rows: readonly Row[]): number {\n  let sum = 0;\n  for (const row of rows) sum += row.amount;',
  'if (!path.startsWith("/v1/")) {\n\treturn refuse(404, `no such path: ${path}`);\n}\n// naïve fallback — see "Paths"',
  '$ git status --short\n M src/server.ts\n?? notes\\todo.md\n$ npm test\n\n Test Files  12 passed (12)\n',
  '{"name":"report","lines":[1,2,3],"note":"a quoted \\"stream\\":true inside a file"}\n',
];

function sourceText(length: number, salt: number): string {
  let text = `// file ${salt}\n`;
  for (let i = salt; text.length < length; i += 1) text += `${String(i)} ${code[i % code.length]}\n`;
  return text.slice(0, length);
}

const tool = {
  name: 'read_file',
  description: 'Reads a file of the project and returns its text.',
  input_schema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};

/** One turn of an agent: the model calls a tool, and the client sends back what the tool found. */
function turn(n: number): object[] {
  const id = `toolu_${String(n).padStart(8, '0')}`;
  return [
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'I look at the next file.' },
        { type: 'tool_use', id, name: tool.name, input: { path: `src/part-${n}.ts` } },
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: sourceText(3000, n) }] },
  ];
}

function requestText(turns: number, padding: number, reply: ReplyKind): string {
  const messages: object[] = [{ role: 'user', content: sourceText(200, 0) }];
  for (let n = 1; n <= turns; n += 1) messages.push(...turn(n));
  messages.push({ role: 'user', content: `Go on.${'.'.repeat(padding)}` });
  return JSON.stringify({
    model: 'claude-haiku-4-5',
    max_tokens: 4096,
    tools: [tool],
    messages,
    metadata: { user_id: userId(reply) },
    stream: reply === 'stream' || typeof reply === 'object',
  });
}

/** A request body for `/v1/messages` of exactly `bytes` bytes, shaped as a coding agent's: many turns, with tools and code. */
export function messagesBody(bytes: number, reply: ReplyKind): Buffer {
  const size = (turns: number, padding: number): number => Buffer.byteLength(requestText(turns, padding, reply));
  const smallest = size(0, 0);
  if (bytes < smallest) throw new RangeError(`a messages body takes ${smallest} bytes at least, not ${bytes}`);
  let turns = Math.floor((bytes - smallest) / (size(1, 0) - smallest));
  while (turns > 0 && size(turns, 0) > bytes) turns -= 1;
  return Buffer.from(requestText(turns, bytes - size(turns, 0), reply));
}

const noSecret = 'bench-key-that-is-no-secret';

/** The headers that an official SDK sends. */
export function sdkHeaders(apiKey = noSecret): readonly (readonly [name: string, value: string])[] {
  return [
    ['Connection', 'keep-alive'],
    ['Accept', 'application/json'],
    ['Content-Type', 'application/json'],
    ['User-Agent', 'bench/1.0'],
    ['X-Api-Key', apiKey],
    ['Anthropic-Version', '2023-06-01'],
    ['X-Stainless-Lang', 'js'],
    ['X-Stainless-Runtime', 'node'],
    ['X-Stainless-Retry-Count', '0'],
    ['Accept-Encoding', 'gzip, deflate'],
  ];
}

/** The whole HTTP/1.1 request, with the headers that an official SDK sends, and more of them (`Name: value`); another `Host` replaces its own. */
export function httpRequest(body: Buffer, port: number, apiKey = noSecret, more: readonly string[] = []): Buffer {
  const head = [
    'POST /v1/messages HTTP/1.1',
    ...(more.some((line) => line.startsWith('Host:')) ? [] : [`Host: 127.0.0.1:${port}`]),
    ...sdkHeaders(apiKey).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${body.length}`,
    ...more,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

/** One request of the demonstration, ready to be sent. */
export interface DemoRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Shape {
  readonly model: string;
  readonly streamed: boolean;
  readonly prompt: string;
  readonly tools: boolean;
}

interface Written {
  readonly path: string;
  readonly body: object;
  /** What the client that speaks this dialect says of itself. */
  readonly client: string;
}

type Write = (shape: Shape) => Written;

const projects = ['webshop', 'docs', 'pipeline'];
const prompts = ['Explain this stack trace.', 'Write a test for the parser.', 'Rename the field and mend its callers.'];
/** Each project has a session of each client; those of some have subagents. */
const subagents = ['', '', 'explore', 'review'];
const weather = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

const anthropic: Write = ({ model, streamed, prompt, tools }) => ({
  client: 'claude-cli/2.1',
  path: '/v1/messages',
  body: {
    model,
    max_tokens: 1024,
    stream: streamed,
    messages: [{ role: 'user', content: prompt }],
    ...(tools ? { tools: [{ name: 'weather', input_schema: weather }] } : {}),
  },
});

const openaiChat: Write = ({ model, streamed, prompt, tools }) => ({
  client: 'aider/0.86',
  path: '/v1/chat/completions',
  body: {
    model,
    stream: streamed,
    ...(streamed ? { stream_options: { include_usage: true } } : {}),
    messages: [{ role: 'user', content: prompt }],
    ...(tools ? { tools: [{ type: 'function', function: { name: 'weather', parameters: weather } }] } : {}),
  },
});

const openaiResponses: Write = ({ model, streamed, prompt, tools }) => ({
  client: 'codex_cli_rs/0.63',
  path: '/v1/responses',
  body: {
    model,
    stream: streamed,
    input: prompt,
    ...(tools ? { tools: [{ type: 'function', name: 'weather', parameters: weather }] } : {}),
  },
});

const gemini: Write = ({ model, streamed, prompt, tools }) => ({
  client: 'gemini-cli/0.9',
  path: `/v1beta/models/${model}:${streamed ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  body: {
    contents: [{ role: 'user', parts: [{ text: prompt }] }],
    ...(tools ? { tools: [{ functionDeclarations: [{ name: 'weather', parameters: weather }] }] } : {}),
  },
});

const dialects = [anthropic, anthropic, openaiChat, openaiResponses, gemini] as const;
const errors = ['status=529; retryafter=1', 'status=429; retryafter=2', 'status=500', 'cut=4'] as const;

/**
 * Makes up an endless day of a developer with agents: the four dialects, two models, mostly streams with much of the
 * input read from the cache, some tool calls, and an error now and then. The same seed gives the same requests.
 */
export function* demoRequests(seed: number): Generator<DemoRequest, never> {
  const random = randomNumbers(seed);
  const upTo = (limit: number): number => Math.floor(random() * limit);
  const pick = <Item>(items: readonly Item[]): Item => items[upTo(items.length)] as Item;
  for (;;) {
    const agent = random() < 0.7;
    const tools = random() < 0.25;
    const shape = {
      model: agent ? 'loopback' : 'loopback-fast',
      streamed: random() < 0.8,
      prompt: pick(prompts),
      tools,
    };
    const { path, body, client } = pick(dialects)(shape);
    const project = pick(projects);
    const subagent = client.startsWith('claude') ? pick(subagents) : '';
    const reply = [
      `in=${200 + upTo(agent ? 3000 : 800)}`,
      `cacheread=${agent ? 8000 + upTo(60_000) : 0}`,
      `tokens=${20 + upTo(agent ? 120 : 40)}`,
      `delay=${100 + upTo(300)}`,
      `tps=${agent ? 60 : 150}`,
      ...(tools ? ['tool=1'] : []),
      ...(random() < 0.04 ? [pick(errors)] : []),
    ];
    yield {
      path,
      headers: {
        'content-type': 'application/json',
        'anthropic-version': '2023-06-01',
        'x-loopback': reply.join('; '),
        'x-tokenpak-project': project,
        'user-agent': client,
        'x-tokenpak-session': `${project}-${client.slice(0, 2)}`,
        ...(subagent === '' ? {} : { 'x-claude-code-agent-id': subagent }),
      },
      body: JSON.stringify(body),
    };
  }
}

/** Numbers from 0 up to 1 that look random and follow from the seed: mulberry32. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

import { recordsIn, type JsonRecord } from '../json-members.ts';
import { answerTo, type Answer, type AnswerUsage } from '../answer.ts';
import { jsonAnswer, type Provided } from '../provided.ts';
import { createdAt, type LoopbackRequest, type OfferedTool } from '../request.ts';
import { geminiErrorBody } from './errors.ts';
import { usageMetadata } from './usage.ts';

/** `POST /v1beta/models/{model}:generateContent`. */
export function generateContent(request: LoopbackRequest): Provided {
  const answer = answerTo(request, conversationOf(request));
  const parts = partsOf({ ...answer, thinking: joined(answer.thinking), text: joined(answer.text) }, request.hash);
  return jsonAnswer(responseOf(request, answer, { parts, usage: answer.usage, last: true }));
}

/** `POST /v1beta/models/{model}:streamGenerateContent`: server-sent events where `alt=sse` asks for them, else an array. */
export function streamGenerateContent(request: LoopbackRequest): Provided {
  const answer = answerTo(request, conversationOf(request));
  const parts = partsOf(answer, request.hash);
  const chunks = parts.map((part, index) => {
    const last = index === parts.length - 1;
    const usage = last ? answer.usage : usageSoFar(answer, index + 1);
    return JSON.stringify(responseOf(request, answer, { parts: [part], usage, last }));
  });
  const error = JSON.stringify(geminiErrorBody(503));
  return request.query.get('alt') === 'sse' ? sseStream(chunks, error) : arrayStream(chunks, error);
}

function sseStream(chunks: readonly string[], error: string): Provided {
  const event = (data: string): string => `data: ${data}\r\n\r\n`;
  return {
    kind: 'stream',
    headers: ['content-type', 'text/event-stream'],
    events: chunks.map(event),
    terminalEvents: 1,
    errorEvent: () => event(error),
  };
}

function arrayStream(chunks: readonly string[], error: string): Provided {
  const element = (data: string, index: number): string => (index === 0 ? '[' : ',\r\n') + data;
  return {
    kind: 'stream',
    headers: ['content-type', 'application/json; charset=UTF-8'],
    events: [...chunks.map(element), ']'],
    terminalEvents: 2,
    errorEvent: (behind) => `${element(error, behind)}]`,
  };
}

function conversationOf({ members }: LoopbackRequest) {
  return {
    tools(): OfferedTool[] {
      return recordsIn(members.get('tools'))
        .flatMap((tool) => recordsIn(tool['functionDeclarations']))
        .map((tool) => ({
          name: String(tool['name']),
          schema: tool['parametersJsonSchema'] ?? tool['parameters'] ?? { type: 'object' },
        }));
    },
    hasToolResults(): boolean {
      const parts = recordsIn(members.get('contents')).at(-1)?.['parts'];
      return recordsIn(parts).some((part) => part['functionResponse'] !== undefined);
    },
  };
}

/** One part a piece; a call comes whole. The first call carries the signature that the next turn must bring back. */
function partsOf({ thinking, text, calls }: Pick<Answer, 'thinking' | 'text' | 'calls'>, hash: string): JsonRecord[] {
  const thoughtSignature = Buffer.from(`loopback ${hash}`).toString('base64');
  const parts = [
    ...thinking.map((piece) => ({ text: piece, thought: true })),
    ...text.map((piece) => ({ text: piece })),
    ...calls.map((call, index) => ({
      functionCall: { id: call.id, name: call.name, args: call.arguments },
      ...(index === 0 && { thoughtSignature }),
    })),
  ];
  return parts.length > 0 ? parts : [{ text: '' }];
}

function joined(pieces: readonly string[]): string[] {
  return pieces.length > 0 ? [pieces.join('')] : [];
}

/** Each chunk repeats the usage as it has grown so far. */
function usageSoFar({ usage, thinking }: Answer, parts: number): AnswerUsage | null {
  return usage && { ...usage, output: Math.min(parts, usage.output), thinking: Math.min(parts, thinking.length) };
}

interface Piece {
  readonly parts: readonly JsonRecord[];
  readonly usage: AnswerUsage | null;
  readonly last: boolean;
}

function responseOf(request: LoopbackRequest, answer: Answer, { parts, usage, last }: Piece): JsonRecord {
  const candidate = { content: { parts, role: 'model' }, ...(last && { finishReason: 'STOP' }), index: 0 };
  return {
    candidates: [candidate],
    usageMetadata: usageMetadata(usage, request.directives),
    modelVersion: answer.model,
    createTime: createdAt.toISOString(),
    responseId: request.hash,
  };
}

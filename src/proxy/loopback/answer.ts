import { BadRequest, type LoopbackRequest, type OfferedTool } from './request.ts';
import { schemaExample } from './schema-example.ts';

interface ToolCall {
  /** Unique within the answer; each dialect puts its own prefix before it. */
  readonly id: string;
  readonly name: string;
  readonly arguments: unknown;
}

/** Tokens in classes of which each token is in one, but for `thinking`, which is part of `output`. */
export interface AnswerUsage {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWriteShort: number;
  readonly cacheWriteLong: number;
  readonly output: number;
  readonly thinking: number;
}

/** What is said, in no dialect yet. */
export interface Answer {
  readonly model: string;
  /** In pieces of one token, as they are streamed. */
  readonly thinking: readonly string[];
  readonly text: readonly string[];
  /** Where there are calls there is no text. */
  readonly calls: readonly ToolCall[];
  /** Null where the request wants none reported. */
  readonly usage: AnswerUsage | null;
}

/** What a dialect knows of the conversation; asked only when it matters, since it takes parsing. */
export interface Conversation {
  readonly tools: () => readonly OfferedTool[];
  /** Whether the last turn brings the results of earlier calls, so that it is time for text. */
  readonly hasToolResults: () => boolean;
}

const words = 'Loopback| answers| come| from| a| fixed| list| of| words|,| naïve| and| 漢字| and| 🙂|.'.split('|');

export function answerTo(request: LoopbackRequest, conversation: Conversation): Answer {
  const { directives } = request;
  if (request.model === '') throw new BadRequest('the request names no model');
  const usage = usageOf(request);
  const calls = toolCalls(request, conversation);
  const textTokens = usage.output - usage.thinking;
  const text =
    directives.size === undefined ? someWords(textTokens, request.seed) : filler(directives.size, textTokens);
  return {
    model: directives.model ?? request.model,
    thinking: someWords(usage.thinking, request.seed + 2),
    text: calls.length > 0 ? [] : text,
    calls,
    usage: directives.nousage ? null : usage,
  };
}

/** What the request says of its input, and what the answer will have cost. */
export function usageOf({ directives, bodyBytes }: LoopbackRequest): AnswerUsage {
  const thinking = directives.thinking ?? 0;
  const textTokens = directives.size === undefined ? words.length : Math.ceil(directives.size / 4);
  const output = directives.tokens ?? textTokens + thinking;
  return {
    input: directives.in ?? Math.ceil(bodyBytes / 4),
    cacheRead: directives.cacheread ?? (directives.cache ? 1024 : 0),
    cacheWriteShort: directives.cachewrite ?? (directives.cache ? 256 : 0),
    cacheWriteLong: directives.cachewrite1h ?? 0,
    output,
    thinking: Math.min(thinking, output),
  };
}

function toolCalls({ directives, hash }: LoopbackRequest, conversation: Conversation): ToolCall[] {
  const count = directives.tool ?? directives.tools ?? 0;
  if (count === 0 || conversation.hasToolResults()) return [];
  const tools = conversation.tools();
  return Array.from({ length: tools.length > 0 ? count : 0 }, (_, index) => {
    const tool = tools[index % tools.length] as OfferedTool;
    return { id: `${hash}${index}`, name: tool.name, arguments: schemaExample(tool.schema) ?? {} };
  });
}

function someWords(count: number, seed: number): string[] {
  return Array.from({ length: count }, (_, index) => words[(seed + index) % words.length] as string);
}

/** Exactly so many bytes of text, in at most so many pieces. */
function filler(bytes: number, pieces: number): string[] {
  const text = 'loopback '.repeat(Math.ceil(bytes / 9)).slice(0, bytes);
  return piecesOf(text, Math.ceil(bytes / Math.max(1, pieces)));
}

/** Cuts text into pieces of so many UTF-16 units; the last may be shorter. */
export function piecesOf(text: string, length: number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += length) pieces.push(text.slice(at, at + length));
  return pieces;
}

import type { LoopbackRequest } from '../request.ts';

/** What all chunks of one stream have in common. */
export interface ChunkFrame {
  readonly id: string;
  readonly object: string;
  /** Null on each chunk of a stream whose client asked for usage; else absent. */
  readonly usage?: null;
}

export function dataEvent(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

export function wantsUsage({ members }: LoopbackRequest): boolean {
  const options = members.get('stream_options') as { include_usage?: unknown } | null | undefined;
  return options?.include_usage === true;
}

/** How a stream ends: the finish, the usage on a chunk without choices if it was asked for, `[DONE]`. */
export function finishedEvents(finish: string, chunk: ChunkFrame, usage: unknown): string[] {
  const done = 'data: [DONE]\n\n';
  if (chunk.usage === undefined || usage === undefined) return [finish, done];
  return [finish, dataEvent({ ...chunk, choices: [], usage }), done];
}

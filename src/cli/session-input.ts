import type { Readable } from 'node:stream';

const maxCharacters = 1_000_000;

/**
 * The session that Claude Code names in the JSON that it hands to a status line
 * (https://code.claude.com/docs/en/statusline). Null when there is none, or nothing comes in time: whoever runs the
 * command by hand may have left its input open. The input is closed then.
 */
export async function sessionFrom(input: Readable, timeoutMs: number): Promise<string | null> {
  const text = await textFrom(input, timeoutMs);
  const session = objectFrom(text)?.['session_id'];
  return typeof session === 'string' && session !== '' ? session : null;
}

function textFrom(input: Readable, timeoutMs: number): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const end = (): void => {
      clearTimeout(timer);
      input.destroy();
      resolve(text);
    };
    const timer = setTimeout(end, timeoutMs);
    input.on('end', end);
    // Also what may still come of it later.
    input.on('error', end);
    input.setEncoding('utf8');
    input.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > maxCharacters || objectFrom(text) !== null) end();
    });
  });
}

function objectFrom(text: string): Record<string, unknown> | null {
  if (!text.trimEnd().endsWith('}')) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? (value as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}

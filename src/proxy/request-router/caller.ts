import { headerOf } from '../raw-headers.ts';
import type { AccessKey } from '../access-key.ts';
import type { Caller } from '../record.ts';
import { cleanName } from './names.ts';

/** Newer versions of Codex send `session-id`, older ones `session_id`. */
const sessionHeaders = ['x-claude-code-session-id', 'session_id', 'session-id', 'x-tokenpak-session'];

/**
 * Who asks, by what the client says of itself. The agent is the product of its user agent, with the subagent's id or
 * kind behind a `#` where one is sent. What an access key says of project and agent stands before what the client says.
 */
export function callerOf(
  headers: readonly string[],
  address: string,
  projectOfPath: string | null,
  access: AccessKey | null = null,
): Caller {
  return {
    address,
    key: access?.name ?? null,
    project: access?.project ?? cleanName(projectOfPath ?? headerOf(headers, 'x-tokenpak-project')),
    session: sessionOf(headers),
    agent: access?.agent ?? agentOf(headers),
  };
}

/** What the client calls the subagent that makes this request: Claude Code's id, or Codex's kind. */
export function subagentOf(headers: readonly string[]): string | null {
  return headerOf(headers, 'x-claude-code-agent-id') ?? headerOf(headers, 'x-openai-subagent');
}

function sessionOf(headers: readonly string[]): string | null {
  for (const name of sessionHeaders) {
    const session = cleanName(headerOf(headers, name));
    if (session !== null) return session;
  }
  return null;
}

function agentOf(headers: readonly string[]): string | null {
  const userAgent = headerOf(headers, 'user-agent');
  const end = userAgent?.search(/[/ ]/) ?? -1;
  const product = cleanName(end < 0 ? userAgent : (userAgent?.slice(0, end) ?? null));
  const subagent = cleanName(subagentOf(headers));
  return subagent === null ? product : cleanName(`${product ?? 'unknown'}#${subagent}`);
}

import { headerOf } from '../raw-headers.ts';
import type { Intent, IntentKind } from '../record.ts';
import { subagentOf } from './caller.ts';

type Turn = Intent['turn'];

/** Claude Code says the class of each request when CLAUDE_CODE_GATEWAY_HINT_HEADERS is set (from 2.1.273 on). */
const requestClasses: ReadonlyMap<string, Turn> = new Map([
  ['main', 'turn'],
  ['subagent', 'subagent'],
  ['workflow', 'subagent'],
  ['compaction', 'side'],
  ['auxiliary', 'side'],
]);
/** Kinds that Codex's `x-openai-subagent` names beside its true subagents (`review`, `collab_spawn`). */
const sideKinds: ReadonlySet<string> = new Set(['compact', 'memory_consolidation']);

export interface RequestKind {
  readonly kind: IntentKind;
  readonly streamed: boolean;
  readonly tools: boolean;
}

/** What a request is for: from its path and envelope, and from what the client itself says of the turn. */
export function intentOf({ kind, streamed, tools }: RequestKind, headers: readonly string[]): Intent {
  return { kind, streamed, tools, turn: turnOf(headers) };
}

function turnOf(headers: readonly string[]): Turn {
  const requestClass = headerOf(headers, 'x-claude-code-request-class');
  const said = requestClass === null ? undefined : requestClasses.get(requestClass);
  if (said !== undefined) return said;
  const subagent = subagentOf(headers);
  if (subagent === null) return null;
  return sideKinds.has(subagent) ? 'side' : 'subagent';
}

import { describe, expect, it } from 'vitest';
import { intentOf } from './intent.ts';

describe('the intent', () => {
  const kind = { kind: 'generate', streamed: true, tools: true } as const;

  it('says what the path and the envelope say', () => {
    expect(intentOf(kind, [])).toEqual({ kind: 'generate', streamed: true, tools: true, turn: null });
  });

  it.each([
    [['x-claude-code-session-id', 's'], null],
    [['x-claude-code-agent-id', 'a'], 'subagent'],
    [['X-Claude-Code-Request-Class', 'main'], 'turn'],
    [['x-claude-code-request-class', 'subagent'], 'subagent'],
    [['x-claude-code-request-class', 'workflow'], 'subagent'],
    [['x-claude-code-request-class', 'compaction'], 'side'],
    [['x-claude-code-request-class', 'auxiliary', 'x-claude-code-agent-id', 'a'], 'side'],
    [['x-claude-code-request-class', 'constructor', 'x-claude-code-agent-id', 'a'], 'subagent'],
    [['x-openai-subagent', 'review'], 'subagent'],
    [['x-openai-subagent', 'collab_spawn'], 'subagent'],
    [['x-openai-subagent', 'compact'], 'side'],
    [['session_id', 's'], null],
  ])('tells from %j that the turn is %s', (headers, turn) => expect(intentOf(kind, headers).turn).toBe(turn));
});

import { describe, expect, it } from 'vitest';
import { callerOf } from './caller.ts';

describe('the caller', () => {
  it('is what the client says of itself, and nothing where it says nothing', () => {
    expect(callerOf([], '127.0.0.1', null)).toEqual({
      address: '127.0.0.1',
      key: null,
      project: null,
      session: null,
      agent: null,
    });
  });

  it('has the product of its user agent, without version and comment', () => {
    const agent = (userAgent: string) => callerOf(['User-Agent', userAgent], '', null).agent;
    expect(agent('claude-cli/2.1.240 (external, cli)')).toBe('claude-cli');
    expect(agent('codex_cli_rs/0.124.0 (Debian; x86_64)')).toBe('codex_cli_rs');
    expect(agent('OpenAI JS 6.49')).toBe('OpenAI');
    expect(agent('/2')).toBeNull();
  });

  it('has the names that its access key gives it, before its own', () => {
    const access = { name: 'ci', allowsModel: null, limits: [], budgets: [], project: 'web', agent: 'builder' };
    const headers = ['user-agent', 'claude-cli/2', 'x-tokenpak-project', 'mine'];
    expect(callerOf(headers, '', 'path', access)).toMatchObject({ key: 'ci', project: 'web', agent: 'builder' });
  });

  it("has a subagent's name behind its own", () => {
    const agent = (...headers: string[]) => callerOf(headers, '', null).agent;
    expect(agent('user-agent', 'claude-cli/2', 'X-Claude-Code-Agent-Id', 'a-1')).toBe('claude-cli#a-1');
    expect(agent('user-agent', 'codex/1', 'x-openai-subagent', 'review')).toBe('codex#review');
    expect(agent('x-openai-subagent', 'review')).toBe('unknown#review');
  });

  it.each([
    [['x-claude-code-session-id', 'c', 'session_id', 'o', 'x-tokenpak-session', 't'], 'c'],
    [['Session_Id', 'o', 'x-tokenpak-session', 't'], 'o'],
    [['session-id', 'o'], 'o'],
    [['x-tokenpak-session', 't'], 't'],
    [['x-claude-code-session-id', ' ', 'x-tokenpak-session', 't'], 't'],
  ])('has its session from %j', (headers, session) => expect(callerOf(headers, '', null).session).toBe(session));

  it("has its project from the path before the header's", () => {
    expect(callerOf(['x-tokenpak-project', 'header'], '', 'path').project).toBe('path');
    expect(callerOf(['x-tokenpak-project', 'header'], '', null).project).toBe('header');
  });

  it('cannot write to a terminal by its name, nor fill a log', () => {
    const session = (value: string) => callerOf(['x-tokenpak-session', value], '', null).session;
    expect(session('a\u001b[31mb\u009b2Jc\u0000\td\u202e')).toBe('a[31mb2Jcd');
    expect(session('x'.repeat(60_000))).toHaveLength(128);
    expect(session('\u0007')).toBeNull();
  });
});

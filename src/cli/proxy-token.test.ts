import { describe, expect, it } from 'vitest';
import { proxyToken, tokenName } from './proxy-token.ts';

const env = { TOKENPAK_TOKEN: 'usual', TEAM_TOKEN: 'team' };

describe('the token of a proxy', () => {
  it('stands in the variable that its configuration names', () => {
    expect(proxyToken({ token_env: 'TEAM_TOKEN' }, env)).toBe('team');
    expect(proxyToken({ token_env: 'OTHER_TOKEN' }, env)).toBeNull();
    expect(tokenName({ token_env: 'TEAM_TOKEN' })).toBe('TEAM_TOKEN');
  });

  it('stands in the usual one where nothing names another', () => {
    expect(proxyToken({}, env)).toBe('usual');
    expect(proxyToken(null, env)).toBe('usual');
    expect(proxyToken(null, {})).toBeNull();
    expect(tokenName(null)).toBe('TOKENPAK_TOKEN');
  });
});

import { describe, expect, it } from 'vitest';
import { madeContext } from '../../../../test/support/doctor-context.ts';
import { proxyEnv } from './proxy-env.ts';
import { linesWithKeys } from './secrets-plain.ts';
import { terminalCheck } from './terminal.ts';
import { tlsCa } from './tls-ca.ts';

const home = { TOKENPAK_HOME: '/nowhere' };

describe('proxy.env', () => {
  it.each([
    [{}, 'ok'],
    [{ HTTP_PROXY: 'http://p:1' }, 'warn'],
    [{ https_proxy: 'http://p:1' }, 'warn'],
    [{ ALL_PROXY: 'socks5://p:1' }, 'warn'],
    [{ HTTP_PROXY: 'http://p:1', NO_PROXY: 'localhost' }, 'warn'],
    [{ HTTP_PROXY: 'http://p:1', NO_PROXY: 'localhost:8766, 127.0.0.1:1' }, 'warn'],
    [{ HTTP_PROXY: 'http://p:1', NO_PROXY: 'localhost, 127.0.0.1' }, 'ok'],
    [{ HTTP_PROXY: 'http://p:1', no_proxy: '*' }, 'ok'],
    [{ HTTP_PROXY: '  ' }, 'ok'],
  ])('has %j as %s', async (variables, status) => {
    expect(await proxyEnv.run(madeContext({ env: { ...home, ...variables } }))).toMatchObject({ status });
  });
});

describe('tls.ca', () => {
  it.each([
    [{}, 'ok'],
    [{ NODE_TLS_REJECT_UNAUTHORIZED: '1' }, 'ok'],
    [{ NODE_TLS_REJECT_UNAUTHORIZED: '0' }, 'fail'],
    [{ NODE_EXTRA_CA_CERTS: import.meta.filename }, 'ok'],
    [{ NODE_EXTRA_CA_CERTS: '/nowhere/ca.pem' }, 'warn'],
  ])('has %j as %s', async (variables, status) => {
    expect(await tlsCa.run(madeContext({ env: { ...home, ...variables } }))).toMatchObject({ status });
  });
});

describe('terminal', () => {
  const utf8 = { LANG: 'de_DE.UTF-8' };
  it.each([
    [null, utf8, 'skip'],
    [{ columns: 80, rows: 24 }, utf8, 'ok'],
    [{ columns: 80, rows: 24 }, { ...utf8, TERM: 'dumb' }, 'skip'],
    [{ columns: 39, rows: 24 }, utf8, 'warn'],
    [{ columns: 80, rows: 11 }, utf8, 'warn'],
  ])('has %j with %j as %s', async (screen, variables, status) => {
    expect(await terminalCheck.run(madeContext({ screen, env: { ...home, ...variables } }))).toMatchObject({ status });
  });

  it.runIf(process.platform === 'linux')('warns where the locale has no more than ASCII', async () => {
    const context = madeContext({ screen: { columns: 80, rows: 24 }, env: { ...home, LANG: 'C' } });
    expect(await terminalCheck.run(context)).toMatchObject({ status: 'warn' });
  });
});

describe('secrets.plain', () => {
  it.each([
    ['listen:\n  port: 1\nproviders:\n  a: { apiKeyEnv: ANTHROPIC_API_KEY }', []],
    ['aliases:\n  fast: a-very-long-name-of-a-model-of-70b-parameters-2026', []],
    ['a: 1\nb: sk-ant-api03-abcdef\n# AIzaSyA1234567', [2, 3]],
    ['baseUrl: https://user:word@host/', [1]],
  ])('looks for the shape of a key in %j', (text, lines) => expect(linesWithKeys(text)).toEqual(lines));
});

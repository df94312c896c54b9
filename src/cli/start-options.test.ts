import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { configFlags, startArguments, type StartOptions } from './start-options.ts';

const everything: StartOptions = {
  config: 'mine.yaml',
  home: '/home',
  port: 9000,
  host: '::1',
  upstream: { openai: 'http://127.0.0.1:1', gemini: 'https://g.example' },
  expose: true,
  tui: true,
  detach: true,
  logFile: 'a.log',
  logLevel: 'debug',
  drain: 500,
  json: true,
};

describe('what start was told', () => {
  it('is configuration in part, with paths made absolute', () => {
    expect(configFlags(everything)).toEqual({
      config: path.resolve('mine.yaml'),
      home: '/home',
      port: 9000,
      host: '::1',
      upstreams: { openai: 'http://127.0.0.1:1', gemini: 'https://g.example' },
      expose: true,
      logFile: path.resolve('a.log'),
      logLevel: 'debug',
      drainSeconds: 0.5,
    });
    expect(configFlags({ tui: true })).toEqual({});
  });

  it('can be told again to another process', () => {
    expect(startArguments(configFlags(everything))).toEqual([
      `--config=${path.resolve('mine.yaml')}`,
      '--home=/home',
      '--port=9000',
      '--host=::1',
      '--expose',
      '--log-level=debug',
      `--log-file=${path.resolve('a.log')}`,
      '--drain=0.5s',
      '--upstream=openai=http://127.0.0.1:1',
      '--upstream=gemini=https://g.example',
    ]);
    expect(startArguments({})).toEqual([]);
  });
});

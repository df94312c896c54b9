import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createChildren, nextMessage, stop, type Children } from './children.ts';

let children: Children;

beforeEach(() => void (children = createChildren()));
afterEach(() => children.end());

describe('a child', () => {
  it('tells what it has written to its standard error', async () => {
    const { child, messages } = children.node(['-e', 'console.log("out"); console.error("trouble")'], null);
    await once(child, 'exit');
    expect(messages()).toBe('trouble\n');
  });

  it('does not see the keys and settings of the user', async () => {
    children.end();
    const keptBack = [
      'TOKENPAK_PORT',
      'SOME_API_KEY',
      'ANTHROPIC_AUTH_TOKEN',
      'HTTPS_PROXY',
      'https_proxy',
      'NODE_OPTIONS',
    ];
    const usual = keptBack.map((name) => [name, process.env[name]] as const);
    for (const name of keptBack) process.env[name] = '--no-warnings';
    children = createChildren();
    for (const [name, value] of usual) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    const shown = `console.error(${JSON.stringify([...keptBack, 'PATH'])}.filter((name) => name in process.env))`;
    const { child, messages } = children.node(['-e', shown], null);
    await once(child, 'exit');
    expect(messages()).toBe("[ 'PATH' ]\n");
  });

  it('that does not end when it is asked to is killed', async () => {
    const { child } = children.node(['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'], null);
    await stop(child, 1);
    expect(child.signalCode).not.toBeNull();
  });

  it('that ends before it answers fails whoever waits for its answer', async () => {
    const { child } = children.node(['-e', 'process.exit(3)'], null);
    await expect(nextMessage(child)).rejects.toThrow('ended with 3');
  });
});

describe('what is left at the end', () => {
  it('is no process and no directory', async () => {
    const { child } = children.node(['-e', 'setInterval(() => {}, 1000)'], null);
    const directory = children.scratchDirectory();
    children.end();
    await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
    expect(existsSync(directory)).toBe(false);
  });
});

describe('a scratch directory', () => {
  it('is another one each time', () => {
    const [first, second] = [children.scratchDirectory(), children.scratchDirectory()];
    expect(existsSync(first) && existsSync(second)).toBe(true);
    expect(first).not.toBe(second);
  });
});

import { describe, expect, it } from 'vitest';
import { ProxyError } from '../errors.ts';
import type { BodyReceiver, ReplyBody } from '../reply.ts';
import { HeldBody } from './held-body.ts';

/** A source that is played by hand, and what has been done to it. */
function source(): { body: ReplyBody; receiver: () => BodyReceiver; done: string[] } {
  const done: string[] = [];
  let given: BodyReceiver | null = null;
  const body: ReplyBody = {
    start: (receiver) => void (given = receiver),
    pause: () => done.push('pause'),
    resume: () => done.push('resume'),
    cancel: () => done.push('cancel'),
  };
  return { body, receiver: () => given!, done };
}

function collected(): { receiver: BodyReceiver; told: string[] } {
  const told: string[] = [];
  const receiver: BodyReceiver = {
    bytes: (chunk) => told.push(chunk.toString()),
    end: () => told.push('end'),
    fail: (error) => told.push(error.code),
  };
  return { receiver, told };
}

describe('a body whose beginning is held', () => {
  it('is paused once there is enough, and goes on as it came', async () => {
    const { body, receiver, done } = source();
    const held = new HeldBody(body);
    const begun = held.begin((chunk) => chunk.toString() === 'two');
    receiver().bytes(Buffer.from('one'));
    expect(done).toEqual([]);
    receiver().bytes(Buffer.from('two'));
    await begun;
    expect(done).toEqual(['pause']);
    receiver().bytes(Buffer.from('late'));
    const { receiver: client, told } = collected();
    held.start(client);
    expect(done).toEqual(['pause', 'resume']);
    receiver().bytes(Buffer.from('rest'));
    receiver().end();
    expect(told).toEqual(['one', 'two', 'late', 'rest', 'end']);
  });

  it('stays paused where its receiver pauses it while it takes what was held', async () => {
    const { body, receiver, done } = source();
    const held = new HeldBody(body);
    const begun = held.begin(() => true);
    receiver().bytes(Buffer.from('one'));
    await begun;
    const { receiver: client } = collected();
    held.start({ ...client, bytes: () => held.pause() });
    expect(done).toEqual(['pause', 'pause']);
    held.resume();
    expect(done).toEqual(['pause', 'pause', 'resume']);
  });

  it('is given on where it fails before there is enough', async () => {
    const { body, receiver } = source();
    const held = new HeldBody(body);
    const begun = held.begin(() => false);
    receiver().bytes(Buffer.from('one'));
    receiver().fail(new ProxyError('upstream_truncated', 'cut'));
    await begun;
    expect([held.failure?.code, held.isComplete]).toEqual(['upstream_truncated', false]);
    const { receiver: client, told } = collected();
    held.start(client);
    expect(told).toEqual(['one', 'upstream_truncated']);
  });

  it('is not waited for beyond what may be held', async () => {
    const { body, receiver, done } = source();
    const begun = new HeldBody(body).begin(() => false);
    receiver().bytes(Buffer.alloc(256 * 1024));
    expect(done).toEqual([]);
    receiver().bytes(Buffer.alloc(1));
    await begun;
    expect(done).toEqual(['pause']);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { endedJson } from '../../test/support/dashboard.ts';
import { FakeProxy } from '../../test/support/fake-proxy.ts';
import { type Follower, followRequests } from './follow-requests.ts';
import type { LoggedRequest } from './newest-requests.ts';

let proxy: FakeProxy;
let port: number;
let follower: Follower;
let notes: string[];
let taken: string[];
/** What the ledger has, and when it is asked. */
let missed: () => Promise<readonly LoggedRequest[]>;
beforeEach(async () => {
  proxy = new FakeProxy();
  port = await proxy.listen();
  notes = [];
  taken = [];
  missed = () => Promise.resolve([]);
  follower = followRequests({
    ...{ baseUrl: `http://127.0.0.1:${port}`, token: null },
    note: (message) => void notes.push(message),
    missed: () => missed(),
  });
  await follower.connected(5000);
});
afterEach(async () => {
  follower.stop();
  await proxy.die();
});

const logged = (id: string): LoggedRequest => endedJson(id) as unknown as LoggedRequest;
const take = (): void => follower.handTo(({ id }) => void taken.push(id));
const awaited = (ids: readonly string[]): Promise<void> =>
  vi.waitFor(() => expect(taken).toEqual(ids), { timeout: 10_000, interval: 10 });

describe('following requests', () => {
  it('keeps what ends before somebody takes it, and tells each once', async () => {
    proxy.tell('ended', endedJson('a'));
    proxy.tell('ended', endedJson('a'));
    take();
    proxy.tell('ended', endedJson('b'));
    await awaited(['a', 'b']);
  });

  it('tells what the ledger has of the time in which the proxy was away, before what comes then, and once', async () => {
    take();
    proxy.tell('ended', endedJson('a'));
    await awaited(['a']);
    let isAsked = (): void => undefined;
    const asked = new Promise<void>((resolve) => (isAsked = resolve));
    let answer: (requests: readonly LoggedRequest[]) => void = () => undefined;
    missed = () => {
      isAsked();
      return new Promise((resolve) => (answer = resolve));
    };
    await proxy.die();
    await proxy.listen(port);
    await asked;
    proxy.tell('ended', endedJson('d'));
    // Of c the ledger is told before who listens: its event comes last.
    answer(['a', 'b', 'c'].map(logged));
    await awaited(['a', 'b', 'c', 'd']);
    proxy.tell('ended', endedJson('c'));
    proxy.tell('ended', endedJson('e'));
    await awaited(['a', 'b', 'c', 'd', 'e']);
    expect(notes).toEqual(['the proxy does not answer; waiting for it', 'connected again; 2 requests ended meanwhile']);
  });

  it('goes on where the ledger cannot be read, and says so', async () => {
    take();
    missed = () => Promise.reject(new Error('no permission'));
    await proxy.die();
    await proxy.listen(port);
    await vi.waitFor(() => expect(notes.at(-1)).toContain('could not be read from the ledger: no permission'), 10_000);
    proxy.tell('ended', endedJson('a'));
    await awaited(['a']);
  });
});

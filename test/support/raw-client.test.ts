import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { rawClient } from './raw-client.ts';

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) {
    const closed = once(server, 'close');
    server.close();
    await closed;
  }
});

async function serve(onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const read = async (bytes: string, close: (socket: Socket) => void) => {
  const port = await serve((socket) => {
    socket.write(bytes, 'latin1', () => close(socket));
  });
  const response = await rawClient(port).response();
  return { ...response, body: response.body.toString('latin1') };
};

describe('the raw client', () => {
  it('knows a complete answer by its length, its last chunk, its status or the end of the connection', async () => {
    const stay = () => undefined;
    const stated = 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcd';
    expect(await read(stated, stay)).toMatchObject({ status: 200, body: 'abc', complete: true, closed: null });
    const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nx: y\r\n\r\n';
    expect(await read(chunked, stay)).toMatchObject({ body: 'abc', complete: true });
    expect(await read('HTTP/1.1 103 Early Hints\r\n\r\n', stay)).toMatchObject({ status: 103, complete: true });
    const unstated = 'HTTP/1.0 200 OK\r\n\r\nabc';
    expect(await read(unstated, (socket) => socket.end())).toMatchObject({
      body: 'abc',
      complete: true,
      closed: 'end',
    });
  });

  it('tells of an answer that was cut off, and how', async () => {
    const stated = 'HTTP/1.1 200 OK\r\ncontent-length: 30\r\n\r\nabc';
    const ended = await read(stated, (socket) => socket.end());
    expect(ended).toMatchObject({ status: 200, body: 'abc', complete: false, closed: 'end' });
    const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n';
    expect(await read(chunked, (socket) => socket.end())).toMatchObject({ complete: false, closed: 'end' });
    const reset = await read('', (socket) => void setTimeout(() => socket.resetAndDestroy(), 5));
    expect(reset).toMatchObject({ status: 0, head: '', complete: false, closed: 'reset' });
  });

  it('gives several answers of one connection in turn', async () => {
    const answer = (status: number) => `HTTP/1.1 ${status} X\r\ncontent-length: 0\r\n\r\n`;
    const port = await serve((socket) => socket.write(answer(100) + answer(200) + answer(404)));
    const client = rawClient(port);
    const statuses = [await client.response(), await client.response(), await client.response()];
    expect(statuses.map(({ status }) => status)).toEqual([100, 200, 404]);
  });

  it('expects no body behind an answer to HEAD', async () => {
    const port = await serve((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n'));
    expect(await rawClient(port).response({ toHead: true })).toMatchObject({ complete: true, closed: null });
  });

  it('sends pieces apart, malformed ones too, and can close its half', async () => {
    const pieces: string[] = [];
    const port = await serve((socket) => {
      socket.on('data', (chunk: Buffer) => pieces.push(chunk.toString('latin1')));
      socket.on('end', () => socket.end('HTTP/1.1 400 Bad\r\ncontent-length: 0\r\n\r\n'));
    });
    const client = rawClient(port);
    await client.send('GET', Buffer.from([0, 255]), '\n\n');
    client.halfClose();
    expect(await client.response()).toMatchObject({ status: 400, complete: true });
    expect(pieces.join('')).toBe('GET\0\xff\n\n');
  });

  it('stops reading while paused, so that the server has to wait', async () => {
    const port = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 67108864\r\n\r\n');
      socket.write(Buffer.alloc(64 * 1024 * 1024));
    });
    const client = rawClient(port);
    client.pause();
    while (sockets[0] === undefined) await new Promise(setImmediate);
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    expect(sockets[0].writableNeedDrain).toBe(true);
    expect(client.pending().length).toBe(0);
    client.resume();
    expect((await client.response()).body.length).toBe(64 * 1024 * 1024);
  });

  it('resets', async () => {
    const port = await serve((socket) => void socket.resume());
    const client = rawClient(port);
    await client.send('x');
    while (sockets[0] === undefined) await new Promise(setImmediate);
    const failed = once(sockets[0], 'error');
    await client.reset();
    expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' });
  });
});

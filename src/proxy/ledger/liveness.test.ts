import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { uptime } from 'node:os';
import { describe, expect, it } from 'vitest';
import { createLiveness } from './liveness.ts';

const now = Date.now();
const isAlive = createLiveness(() => now);

describe('the process of another run', () => {
  it('is there while it runs, and gone when it is gone', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const pid = child.pid!;
    expect(isAlive({ boot: now, pid })).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive({ boot: now, pid })).toBe(false);
  });

  it("is gone if it ran before the machine's start, whoever has its number now", () => {
    const started = now - uptime() * 1000;
    expect(isAlive({ boot: started + 1000, pid: process.ppid })).toBe(true);
    expect(isAlive({ boot: started - 3_600_000, pid: process.ppid })).toBe(false);
  });

  it('is gone if it had our number', () => {
    expect(isAlive({ boot: now, pid: process.pid })).toBe(false);
  });
});

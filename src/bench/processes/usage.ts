import { readFileSync } from 'node:fs';

/** Linux counts processor time in ticks of 10 ms, whatever the kernel's own rate. */
const tickMs = 10;

/** Processor time in ms from the text of `/proc/PID/stat`: user and system time, of all threads. */
export function parseProcessCpuMs(stat: string): number {
  // The second field is the command's name, which may hold spaces and brackets: count from behind its last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

/** Processor time in ms from the text of a thread's `schedstat`, which counts nanoseconds. */
export function parseThreadCpuMs(schedstat: string): number {
  return Number(schedstat.split(' ')[0] || NaN) / 1e6;
}

/** Processor time in ms that all processors have spent on anything, from the text of `/proc/stat`. */
export function parseMachineCpuMs(stat: string): number {
  const [user, nice, system, , , irq, softirq, steal] = (/^cpu +(.*)$/m.exec(stat)?.[1] ?? '').split(' ').map(Number);
  return [user, nice, system, irq, softirq, steal].reduce<number>((sum, ticks) => sum + (ticks ?? NaN), 0) * tickMs;
}

/** Resident memory in MB (10^6 bytes) from the text of `/proc/PID/status`. */
export function parseRssMb(status: string): number {
  return (Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]) * 1024) / 1e6;
}

function read(path: string, parse: (text: string) => number): number {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch {
    return NaN;
  }
}

/** These are NaN where the system has no `/proc`, or the process is gone. */
export const processCpuMs = (pid: number): number => read(`/proc/${pid}/stat`, parseProcessCpuMs);
/** Of the thread that a process began with. */
export const mainThreadCpuMs = (pid: number): number => read(`/proc/${pid}/task/${pid}/schedstat`, parseThreadCpuMs);
export const machineCpuMs = (): number => read('/proc/stat', parseMachineCpuMs);
export const rssMb = (pid: number): number => read(`/proc/${pid}/status`, parseRssMb);

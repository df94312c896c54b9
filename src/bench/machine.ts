import os from 'node:os';

/** Where something was measured. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryMb: number;
  readonly platform: string;
  /** Of Node.js. */
  readonly node: string;
}

export function thisMachine(): Machine {
  const [first] = os.cpus();
  return {
    cpu: first?.model.trim() || 'unknown',
    cores: os.availableParallelism(),
    memoryMb: Math.round(os.totalmem() / 1e6),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
  };
}

/** What a screen writes to: `process.stdout` as it is, or a test's. */
export interface DeviceOutput {
  /** Cells; absent where nobody knows. */
  readonly columns?: number;
  readonly rows?: number;
  /** Node's own, absent elsewhere: without it, a terminal that reads no more stops the whole thread in `write`. */
  readonly _handle?: { readonly setBlocking?: (blocking: boolean) => unknown } | null;
  /** False when the device is behind: it says `drain` once it has caught up. May throw where the device is gone. */
  write(text: string): boolean;
  on(event: 'resize' | 'drain' | 'error', listener: () => void): unknown;
  off(event: 'resize' | 'drain' | 'error', listener: () => void): unknown;
}

/** Where keys come from: `process.stdin` as it is, or a test's. */
export interface DeviceInput {
  setRawMode(raw: boolean): unknown;
  on(event: 'data', listener: (chunk: Buffer | string) => void): unknown;
  off(event: 'data', listener: (chunk: Buffer | string) => void): unknown;
  resume(): unknown;
  pause(): unknown;
  ref(): unknown;
  unref(): unknown;
}

/** A terminal. */
export interface Device {
  readonly output: DeviceOutput;
  /** Null where keys cannot be read one by one: standard input is no terminal. */
  readonly input: DeviceInput | null;
}

/** Cells of a device; where it does not say, those that every terminal has. */
export function sizeOf({ columns, rows }: DeviceOutput): { columns: number; rows: number } {
  return { columns: columns || 80, rows: rows || 24 };
}

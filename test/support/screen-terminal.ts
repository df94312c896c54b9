import { EventEmitter } from 'node:events';
import xterm from '@xterm/headless';
import type { DeviceInput, DeviceOutput } from '../../src/tui/device.ts';

/** A terminal that a screen can write to, and a test can look at. */
export class ScreenTerminal extends EventEmitter implements DeviceOutput {
  readonly emulator: xterm.Terminal;
  /** Each write as it came. */
  readonly writes: string[] = [];
  /** What a write is answered with. */
  keepsUp = true;

  constructor(columns = 80, rows = 24) {
    super();
    this.emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  }

  get columns(): number {
    return this.emulator.cols;
  }

  get rows(): number {
    return this.emulator.rows;
  }

  write(text: string): boolean {
    this.writes.push(text);
    this.emulator.write(text);
    return this.keepsUp;
  }

  resize(columns: number, rows: number): void {
    this.emulator.resize(columns, rows);
    this.emit('resize');
  }

  /** Rows of the active buffer as text, once all that was written has been read. */
  async lines(): Promise<string[]> {
    await this.settled();
    const { active } = this.emulator.buffer;
    return Array.from({ length: this.rows }, (_, row) =>
      active.getLine(active.viewportY + row)!.translateToString(true),
    );
  }

  /** Every cell, with its colours. */
  async cells(): Promise<string[][]> {
    await this.settled();
    const { active } = this.emulator.buffer;
    return Array.from({ length: this.rows }, (_, row) =>
      Array.from({ length: this.columns }, (__, column) =>
        looks(active.getLine(active.viewportY + row)!.getCell(column)!),
      ),
    );
  }

  settled(): Promise<void> {
    return new Promise((resolve) => this.emulator.write('', resolve));
  }
}

function looks(cell: xterm.IBufferCell): string {
  const colors = [cell.getFgColorMode(), cell.getFgColor(), cell.getBgColorMode(), cell.getBgColor()];
  const flags = [
    cell.isBold(),
    cell.isDim(),
    cell.isItalic(),
    cell.isUnderline(),
    cell.isInverse(),
    cell.isStrikethrough(),
  ].map((flag) => (flag === 0 ? '-' : '+'));
  const text = cell.getWidth() === 0 ? '' : cell.getChars() || ' ';
  return `${cell.getWidth()}${text}|${colors.join(',')}|${flags.join('')}`;
}

/** What is typed at a terminal: a test emits `data`. */
export class TestInput extends EventEmitter implements DeviceInput {
  raw = false;
  flowing = false;
  referenced = true;

  setRawMode(raw: boolean): void {
    this.raw = raw;
  }

  resume(): void {
    this.flowing = true;
  }

  pause(): void {
    this.flowing = false;
  }

  ref(): void {
    this.referenced = true;
  }

  unref(): void {
    this.referenced = false;
  }
}

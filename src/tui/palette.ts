import type { ChalkInstance } from 'chalk';
import type { Paint, Style } from './cells.ts';

/** Colours of the terminal's own palette of 16: so they follow its theme. Without colour chalk leaves texts as they are. */
export function createPaint(chalk: ChalkInstance): Paint {
  const styles: Readonly<Record<Style, ChalkInstance>> = {
    dim: chalk.dim,
    strong: chalk.bold,
    accent: chalk.cyan,
    good: chalk.green,
    warn: chalk.yellow,
    bad: chalk.red,
    inverse: chalk.inverse,
  };
  return (text, style) => styles[style](text);
}

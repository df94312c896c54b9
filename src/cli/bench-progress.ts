import type { Terminal } from './terminal.ts';

const leastGapMs = 250;

/** The line on a terminal that says what is being measured, and how much is done. */
export interface BenchProgress {
  readonly show: (text: string, share: number | null) => void;
  readonly end: () => void;
}

/** Rewrites one line at most four times a second; says nothing where there is no terminal. */
export function createBenchProgress(terminal: Terminal, now: () => number): BenchProgress {
  const rewrite = terminal.rewrite;
  if (rewrite === null) return { show: () => undefined, end: () => undefined };
  const startedAt = now();
  let shownAt = -Infinity;
  return {
    show(text, share) {
      if (now() - shownAt < leastGapMs) return;
      shownAt = now();
      const seconds = Math.floor((shownAt - startedAt) / 1000);
      const part = share === null ? '' : `${String(Math.round(share * 100)).padStart(3)}%  `;
      rewrite(`bench  ${part}${text}  ${seconds} s`);
    },
    end: () => rewrite(''),
  };
}

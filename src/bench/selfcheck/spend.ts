/** Keeps this thread busy, as a program does that computes. */
export function spend(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

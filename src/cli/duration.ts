const unitsMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Reads `10s`, `500ms`, `1.5m` or `1h`; a bare number is seconds. Null for anything else. */
export function durationMs(text: string): number | null {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/u.exec(text.trim());
  if (!parts) return null;
  const unit = (parts[2] ?? 's') as keyof typeof unitsMs;
  return Math.round(Number(parts[1]) * unitsMs[unit]);
}

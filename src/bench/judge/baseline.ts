import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { snakeCased } from '../print/snake-case.ts';
import type { ProofReport } from '../proof/proof-report.ts';
import { readJson } from './read-json.ts';

const metric = z.object({
  value: z.number().nullable(),
  unit: z.string(),
  interval: z.object({ low: z.number(), high: z.number() }).nullable(),
});

const kept = z.object({
  version: z.literal(1),
  run: z.object({
    version: z.string(),
    at: z.string(),
    node: z.string(),
    platform: z.string(),
    cpu: z.string(),
    cores: z.number(),
    memory_mb: z.number(),
    commit: z.string().nullable(),
    profile: z.string().nullable(),
    scale: z.number(),
    mode: z.string(),
    per_second: z.number(),
    connections: z.number(),
    arrival: z.string(),
    mock_delay_ms: z.number(),
  }),
  metrics: z.record(z.string(), metric),
  verdict: z.enum(['PASS', 'FAIL', 'INVALID']).optional(),
});

/** What of a report is kept to compare later ones with; a whole report in JSON is one, too. */
export type Baseline = z.infer<typeof kept>;

/** @throws InputError that names the line of each problem. */
export function readBaseline(file: string): Baseline {
  return readJson(file, 'a baseline or a report of tokenpak bench', kept);
}

export function baselineOf(report: ProofReport): Baseline {
  return kept.parse(snakeCased({ version: 1, run: report.run, metrics: report.metrics }));
}

/** @throws the system's error where it cannot be written. */
export function saveBaseline(file: string, report: ProofReport): void {
  const unfinished = `${file}.${process.pid}`;
  try {
    writeFileSync(unfinished, `${JSON.stringify(baselineOf(report), null, 2)}\n`, { mode: 0o600 });
    renameSync(unfinished, file);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

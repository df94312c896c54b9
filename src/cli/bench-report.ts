import { renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { saveBaseline } from '../bench/judge/baseline.ts';
import { reportCsv } from '../bench/print/csv.ts';
import { reportHtml } from '../bench/print/html/page.ts';
import { reportMarkdown } from '../bench/print/markdown.ts';
import { reportMetrics } from '../bench/print/prometheus.ts';
import { reportJson } from '../bench/print/report-json.ts';
import { tallyText } from '../bench/print/tally.ts';
import { textLines } from '../bench/print/text.ts';
import type { JudgedReport } from '../bench/proof/proof-report.ts';
import { ensurePrivateDirectory } from '../proxy/control/index.ts';
import { lineText, paintLine } from '../tui/cells.ts';
import { createPaint } from '../tui/palette.ts';
import { saveBench } from './bench-history.ts';
import type { BenchFlags, BenchFormat } from './bench-options.ts';
import { baselineFile, keptBaseline } from './bench-standards.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

const documents: Readonly<Record<BenchFormat, (report: JudgedReport) => string>> = {
  text: (report) => `${textLines(report).map(lineText).map(withoutEnd).join('\n')}\n`,
  json: (report) => `${JSON.stringify(reportJson(report))}\n`,
  md: reportMarkdown,
  prom: reportMetrics,
  csv: reportCsv,
};

/** Prints a report, and keeps it: wherever the flags say, and in the state directory. */
export function showReport(report: JudgedReport, flags: BenchFlags, terminal: Terminal, stateDir: string): void {
  const format = flags.json ? 'json' : (flags.format ?? 'text');
  if (flags.out !== undefined) writePrivate(flags.out, documents[format](report));
  else if (flags.quiet) terminal.print(`${report.verdict}  ${report.invalid[0] ?? tallyText(report)}`);
  else if (format === 'text') printText(report, terminal);
  else terminal.document(documents[format](report));
  if (flags.html !== undefined) writePrivate(flags.html, reportHtml(report));
  for (const file of [flags.out, flags.html]) if (file !== undefined) terminal.note(`written to ${file}`);
  keepBaseline(report, flags, terminal, stateDir);
  keepReport(report, terminal, stateDir);
}

function printText(report: JudgedReport, { color, print }: Terminal): void {
  const paint = createPaint(color);
  for (const line of textLines(report)) print(withoutEnd(paintLine(line, paint)));
}

const withoutEnd = (line: string): string => line.trimEnd();

/** A run that says nothing is kept by nobody as what later ones are held against. */
function keepBaseline(
  report: JudgedReport,
  { baseline, saveBaseline: wanted }: BenchFlags,
  terminal: Terminal,
  stateDir: string,
): void {
  if (wanted === undefined) return;
  if (report.verdict === 'INVALID') return terminal.warn('the run is INVALID: it is not kept as a baseline');
  const file = baselineFile(wanted === true ? (baseline ?? true) : wanted, stateDir) ?? keptBaseline(stateDir);
  written(file, () => {
    if (file === keptBaseline(stateDir)) {
      ensurePrivateDirectory(stateDir);
      ensurePrivateDirectory(path.dirname(file));
    }
    saveBaseline(file, report);
  });
  terminal.note(`baseline kept in ${file}`);
}

/** `doctor` tells how the last run ended. That nothing can be kept is no reason to lose the report. */
function keepReport(report: JudgedReport, terminal: Terminal, stateDir: string): void {
  try {
    terminal.note(`report  ${saveBench(stateDir, report.run.at, documents.json(report))}`);
  } catch (error) {
    terminal.warn(`the report is not kept: ${(error as Error).message}`);
  }
}

/** Whole or not at all, readable for its user only. */
function writePrivate(file: string, text: string): void {
  const unfinished = `${file}.${process.pid}`;
  written(file, () => {
    try {
      writeFileSync(unfinished, text, { mode: 0o600 });
      renameSync(unfinished, file);
    } finally {
      rmSync(unfinished, { force: true });
    }
  });
}

function written(file: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new CommandError(exitCodes.failed, `${file} cannot be written: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

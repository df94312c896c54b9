import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensurePrivateDirectory } from '../proxy/control/index.ts';

/** What the newest report of `tokenpak bench` came to. */
export interface LastBench {
  /** When it was made, ISO 8601. */
  readonly at: string;
  readonly verdict: 'PASS' | 'FAIL' | 'INVALID';
  readonly file: string;
}

const keptReports = 20;
const reportName = /^\d{4}-\d\d-\d\dT\d{6}Z\.json$/u;

/** The newest report under the state directory that can be read; null where there is none. */
export function lastBench(stateDir: string): LastBench | null {
  const folder = folderOf(stateDir);
  for (const name of reportNames(folder).toReversed()) {
    const file = path.join(folder, name);
    const report = readReport(file);
    if (report !== null) return { ...report, file };
  }
  return null;
}

/**
 * Keeps a report, readable for its user only, and the newest 20 of those that were kept before.
 *
 * @returns its file.
 * @throws the system's error where nothing can be written, or an Error that says what to do with the directory.
 */
export function saveBench(stateDir: string, at: string, report: string): string {
  const folder = folderOf(stateDir);
  ensurePrivateDirectory(stateDir);
  ensurePrivateDirectory(folder);
  const file = path.join(folder, `${new Date(at).toISOString().slice(0, 19).replaceAll(':', '')}Z.json`);
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, report, { mode: 0o600, flag: 'wx' });
  renameSync(unfinished, file);
  for (const name of reportNames(folder).slice(0, -keptReports)) rmSync(path.join(folder, name), { force: true });
  return file;
}

const folderOf = (stateDir: string): string => path.join(stateDir, 'bench');

/** The oldest first: the names sort by time. */
function reportNames(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => reportName.test(name))
      .toSorted();
  } catch {
    return [];
  }
}

/** Null for what is no report. */
function readReport(file: string): Omit<LastBench, 'file'> | null {
  try {
    const { run, verdict } = JSON.parse(readFileSync(file, 'utf8')) as { run?: { at?: unknown }; verdict?: unknown };
    const at = run?.at;
    if (typeof at !== 'string' || Number.isNaN(Date.parse(at))) return null;
    return verdict === 'PASS' || verdict === 'FAIL' || verdict === 'INVALID' ? { at, verdict } : null;
  } catch {
    return null;
  }
}

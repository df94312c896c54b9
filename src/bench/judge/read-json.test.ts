import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleReport } from '../../../test/support/proof-sample.ts';
import { baselineOf, readBaseline, saveBaseline } from './baseline.ts';
import { checkMetricName, conditionFrom } from './condition.ts';
import { InputError } from './read-json.ts';
import { readSla } from './sla.ts';

let folder: string;
beforeAll(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'tokenpak-judge-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function messageFor(text: string): string {
  const file = path.join(folder, 'sla.json');
  writeFileSync(file, text);
  try {
    readSla(file);
  } catch (error) {
    return (error as InputError).message.replaceAll(`${folder}${path.sep}`, '');
  }
  return '';
}

const target = { id: 'A', name: 'a', metric: 'a.p50', unit: 'ms', pass: '< 1' };
const slaOf = (changes: object): string =>
  JSON.stringify({ version: 1, targets: [target, { ...target, ...changes }] }, null, 1);

describe('a file of targets', () => {
  it('is taken as it should be', () => expect(messageFor(slaOf({ fail: '> 2' }))).toBe(''));

  it.each([
    ['no JSON', '{\n"version": 1,\n"targets": [,]\n}', 'sla.json:3: no JSON: '],
    ['a wrong limit', slaOf({ pass: '20' }), 'sla.json:16: targets.1.pass: expected a limit such as "< 20", not "20"'],
    ['an unknown unit', slaOf({ unit: 'hours' }), 'sla.json:15: targets.1.unit: '],
    ['a name that no metric has', slaOf({ metric: 'A b' }), 'targets.1.metric: expected a name such as overhead.p99'],
    ['an unknown key', slaOf({ warn: '< 2' }), 'Unrecognized key: "warn"'],
    ['no target', '{"version":1,"targets":[]}', 'sla.json:1: targets: '],
    ['something else', '[]', 'sla.json:1: the file: '],
  ])('with %s is refused, with the line', (_, text, message) => expect(messageFor(text)).toContain(message));

  it('that is not there is refused', () => {
    expect(() => readSla(path.join(folder, 'missing.json'))).toThrow(/missing\.json cannot be read: ENOENT/u);
  });
});

describe('a condition', () => {
  it.each([
    ['overhead.p99<20', { metric: 'overhead.p99', limit: { operator: '<', value: 20 } }],
    [' rate.achieved >= 99.5 /s ', { metric: 'rate.achieved', limit: { operator: '>=', value: 99.5 } }],
    ['errors.rate<=0.1%', { metric: 'errors.rate', limit: { operator: '<=', value: 0.001 } }],
  ])('is read from %j', (text, condition) => expect(conditionFrom(text)).toEqual(condition));

  it.each(['', 'overhead.p99', '<20', 'overhead.p99=20', 'overhead.p99<-1', 'overhead.p99<20<30', 'Overhead<2'])(
    'is not read from %j',
    (text) => expect(() => conditionFrom(text)).toThrow(InputError),
  );

  it('names a metric, or hears which there are like it', () => {
    const known = ['overhead.p50', 'overhead.p99', 'health.p99', 'rate.achieved'];
    expect(() => checkMetricName('health.p99', known)).not.toThrow();
    expect(() => checkMetricName('overhaed.p99', known)).toThrow(
      'no metric is called overhaed.p99\n  names like it: overhead.p99, health.p99',
    );
    expect(() => checkMetricName('zzz', known)).toThrow(/^no metric is called zzz$/u);
  });
});

describe('a baseline on disk', () => {
  it('is read as it was saved, for its user only', () => {
    const file = path.join(folder, 'baseline.json');
    const report = sampleReport();
    saveBaseline(file, report);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readBaseline(file)).toEqual(baselineOf(report));
    expect(readBaseline(file).run).toMatchObject({ node: '20.20.2', commit: '3f2a91c', cpu: 'Example CPU @ 2.00GHz' });
  });

  it('may hold what could not be measured', () => {
    const file = path.join(folder, 'baseline.json');
    saveBaseline(file, sampleReport({ metrics: { 'a.p50': { value: NaN, unit: 'ms', interval: null } } }));
    expect(readBaseline(file).metrics['a.p50']?.value).toBeNull();
  });
});

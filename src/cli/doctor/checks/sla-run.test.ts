import { describe, expect, it } from 'vitest';
import { benchFinding } from './sla-run.ts';

describe('sla.run', () => {
  it.each([
    [{ code: 0, stdout: '{"verdict":"PASS"}', stderr: '' }, 'ok', 'says PASS'],
    [{ code: 1, stdout: '{"verdict":"FAIL"}', stderr: '' }, 'fail', 'says FAIL'],
    [{ code: 1, stdout: '{"verdict":"INVALID"}', stderr: '' }, 'skip', 'says INVALID'],
    [{ code: 2, stdout: '', stderr: "error: unknown command 'bench'\n  try" }, 'skip', 'ended with 2'],
    [{ code: 0, stdout: 'no JSON', stderr: '' }, 'skip', 'ended with 0'],
    [{ code: 1, stdout: '{"verdict":"PASS"}', stderr: 'died' }, 'skip', 'ended with 1'],
  ])('of %j is %s', (ended, status, text) => {
    const finding = benchFinding(ended);
    expect(finding.status).toBe(status);
    expect(finding.summary).toContain(text);
    expect(finding.detail === null).toBe(status === 'ok');
  });

  it('gives the first line of what a bench that could not run has said', () => {
    expect(benchFinding({ code: 2, stdout: '', stderr: "error: unknown command 'bench'\n  try" }).detail).toBe(
      "error: unknown command 'bench'",
    );
  });
});

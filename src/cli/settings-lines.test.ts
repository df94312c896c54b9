import { expect, it } from 'vitest';
import { settingLines } from './settings-lines.ts';

it('shows a list of mappings as it stands in the file', () => {
  const routes = [{ match: { model: 'claude-*' }, targets: ['anthropic', { provider: 'backup' }] }, { match: {} }];
  const rows = [
    { key: 'keys', value: 'optional', origin: 'default' },
    { key: 'routes', value: routes, origin: 'default' },
  ];
  expect(settingLines(rows, false)).toEqual([
    'keys    optional',
    'routes  [{ match: { model: claude-* }, targets: [anthropic, { provider: backup }] }, { match: {} }]',
  ]);
});

import { expect, it } from 'vitest';
import { metricFamilies } from '../monitor/index.ts';
import { renderApiDocs } from './api-docs.ts';

it('docs/api.md is what the schemas say (vitest -u writes it anew)', async () => {
  await expect(renderApiDocs(Object.values(metricFamilies))).toMatchFileSnapshot('../../../docs/api.md');
});

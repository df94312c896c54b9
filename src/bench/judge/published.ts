import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { figureWithUnit } from '../print/figures.ts';
import type { Metrics, PublishedRow } from '../proof/proof-report.ts';
import { readJson } from './read-json.ts';

const publishedFile = z.strictObject({
  version: z.literal(1),
  of: z.string().min(1),
  source: z.string().min(1),
  as: z.string().min(1),
  figures: z.array(z.strictObject({ name: z.string(), published: z.string(), metric: z.string() })).min(1),
});

/** What another gateway has published about itself. Nobody has measured it here. */
export type Published = z.infer<typeof publishedFile>;

const shippedFile = fileURLToPath(new URL('../../../templates/published.json', import.meta.url));

export function readPublished(file: string = shippedFile): Published {
  return readJson(file, 'a list of published figures', publishedFile);
}

/** Ours beside them, where this run has any. */
export function publishedRows({ figures }: Published, metrics: Metrics): PublishedRow[] {
  return figures.map(({ name, published, metric }) => {
    const ours = metrics[metric];
    return {
      metric: name,
      published,
      ours: ours === undefined ? 'not measured' : figureWithUnit(ours.value, ours.unit),
    };
  });
}

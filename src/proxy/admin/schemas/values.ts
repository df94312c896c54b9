import { z } from 'zod';
import type { Outcome } from '../../record.ts';

export const version = z.literal(1).describe('Of this shape');
export const count = z.int().min(0);
export const ms = z.number().min(0);
export const time = z.iso.datetime().describe('UTC');
export const name = z.string().nullable();
export const picodollars = z
  .string()
  .regex(/^-?\d+$/)
  .describe('The same exactly: 1e-12 USD, as decimal digits');

export const outcome = z
  .enum([
    'ok',
    'upstream_error',
    'upstream_stream_error',
    'upstream_unreachable',
    'upstream_timeout',
    'upstream_protocol',
    'upstream_truncated',
    'client_abort',
    'client_stalled',
    'rejected_auth',
    'rejected_origin',
    'rejected_rate',
    'rejected_budget',
    'rejected_circuit',
    'rejected_overload',
    'rejected_invalid',
    'internal_error',
    'shutdown_cut',
    'crash_unknown',
  ] satisfies Outcome[])
  .meta({ id: 'Outcome', description: 'How a request or a call ended' });

export const tokens = z
  .strictObject({
    input: count.describe('Neither read from nor written to the prompt cache'),
    cache_read: count,
    cache_write: count.describe('All cache writes'),
    cache_write_1h: count.describe('The part of them with the long lifetime'),
    output: count.describe('Reasoning included'),
    reasoning: count.describe('The part of the output that was reasoning'),
  })
  .meta({ id: 'Tokens', description: 'Each token is in one of input, cache_read, cache_write and output' });

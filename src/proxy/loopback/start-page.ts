import { directiveHelp } from './directives.ts';
import type { Provided } from './provided.ts';

/** What a browser sees: the vocabulary. */
export function startPage(): Provided {
  const body = `tokenpak's loopback provider answers in the dialects of Anthropic, OpenAI and Gemini.

Put these behind "loopback-" in a model's name, joined by dashes (loopback-tokens50-tps20-thinking),
or in the header x-loopback, for any model (x-loopback: tokens=50; tps=20; thinking):

${directiveHelp()}
`;
  return { kind: 'whole', status: 200, headers: ['content-type', 'text/plain; charset=utf-8'], body };
}

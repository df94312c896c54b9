import { expect, it } from 'vitest';
import { dialectOfPath } from './path-dialect.ts';

it.each([
  ['/v1/messages/nothing', 'anthropic-messages'],
  ['/v1/messages/../x?a', 'anthropic-messages'],
  ['/anthropic/v1/whatever', 'anthropic-messages'],
  ['/p/web/v1/messages/x', 'anthropic-messages'],
  ['/v1/v1/messages/x', 'anthropic-messages'],
  ['/v1beta/nothing', 'gemini'],
  ['/upload/v1beta/nothing', 'gemini'],
  ['/gemini/nothing', 'gemini'],
  ['/v1/responses/a/b/c', 'openai-responses'],
  ['/openai/v1/responses/x', 'openai-responses'],
  ['/openai/nothing', 'openai-chat'],
  ['/v1/nothing', 'openai-chat'],
  ['/chat/nothing', 'openai-chat'],
  ['/p/web/nothing', null],
  ['/nothing', null],
  ['//evil', null],
  ['http://evil/v1/messages', null],
  ['', null],
])('refuses %j in the dialect %s', (url, dialect) => {
  expect(dialectOfPath(url)).toBe(dialect);
});

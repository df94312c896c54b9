import { plainText } from '../../tui/plain-text.ts';
import type { CheckStatus, Finding } from './check.ts';

/** As it should be. */
export const ok = (summary: string): Finding => ({ status: 'ok', summary: line(summary), detail: null, fix: null });

/** Does not apply here, or cannot be told. `commands` say what would change that. */
export const skip = (summary: string, commands: readonly string[] = []): Finding => ({
  ...{ status: 'skip', summary: line(summary), detail: null },
  fix: fixOf(commands),
});

/** What is found, why it matters, and what the user can type. */
export const warn = (summary: string, detail: string, commands: readonly string[] = []): Finding =>
  wrong('warn', { summary, detail, commands });

export const fail = (summary: string, detail: string, commands: readonly string[] = []): Finding =>
  wrong('fail', { summary, detail, commands });

interface Wrong {
  readonly summary: string;
  readonly detail: string;
  readonly commands: readonly string[];
}

function wrong(status: CheckStatus, { summary, detail, commands }: Wrong): Finding {
  return { status, summary: line(summary), detail: line(detail), fix: fixOf(commands) };
}

function fixOf(commands: readonly string[]): Finding['fix'] {
  return commands.length === 0 ? null : { commands, apply: null };
}

/** Names and errors of others stand in it. */
function line(text: string): string {
  return plainText(text).replace(/\s+/gu, ' ').trim();
}

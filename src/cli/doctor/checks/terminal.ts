import { showsUnicode } from '../../screen-choice.ts';
import { layoutOf } from '../../../tui/screen-size.ts';
import type { Check } from '../check.ts';
import { ok, skip, warn } from '../finding.ts';

/** Whether the screen can be shown as it is meant to be. */
export const terminalCheck: Check = {
  id: 'terminal',
  group: 'terminal',
  run: ({ env, screen }) => {
    if (screen === null) return skip('no terminal here: tokenpak start prints lines');
    const { columns, rows } = screen;
    const size = `${columns}x${rows}`;
    if (env.TERM === 'dumb') return skip('TERM=dumb: tokenpak start prints lines');
    if (layoutOf(screen) === 'line') {
      return warn(`the terminal is ${size}`, 'The screen has room for one line there, and none for its panels.', [
        'tokenpak start --no-tui',
      ]);
    }
    if (showsUnicode(env, process.platform)) return ok(`${size}, UTF-8`);
    return warn(
      `the locale is not UTF-8 (LANG=${env.LC_ALL || env.LC_CTYPE || env.LANG || ''})`,
      'The screen draws with ASCII: its charts are coarser.',
      ['export LANG=C.UTF-8'],
    );
  },
};

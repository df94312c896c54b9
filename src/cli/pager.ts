import { spawn } from 'node:child_process';

/**
 * Shows a text in the user's pager (`PAGER`, or `less`), on the terminal, until it is closed.
 * @throws Error when there is none
 */
export async function page(text: string, env: NodeJS.ProcessEnv): Promise<void> {
  const command = env.PAGER || (process.platform === 'win32' ? 'more' : 'less');
  const pager = spawn(command, {
    // The variable may hold options, as every program takes it.
    shell: true,
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { ...env, LESSSECURE: '1' },
  });
  // Closed before it has read all: that is what pagers are for.
  pager.stdin.on('error', () => undefined);
  pager.stdin.end(text);
  const code = await new Promise<number | null>((resolve, reject) => {
    pager.on('error', reject);
    pager.on('close', resolve);
  });
  if (code === 127) throw new Error(`there is no pager ${command}: set PAGER`);
}

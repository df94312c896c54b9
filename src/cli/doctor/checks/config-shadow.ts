import { settingRows } from '../../settings-lines.ts';
import type { Check } from '../check.ts';
import { readConfig } from '../doctor-context.ts';
import { ok, skip, warn } from '../finding.ts';

/** These say where the configuration is, or hold the token; they stand over no setting. */
const elsewhere = new Set(['TOKENPAK_CONFIG', 'TOKENPAK_HOME', 'TOKENPAK_TOKEN']);

/** Whether variables of this shell stand over what the configuration file says. */
export const configShadow: Check = {
  id: 'config.shadow',
  group: 'config',
  run: async ({ config, env, globals }) => {
    const { loaded } = await config();
    const { loaded: fileOnly } = await readConfig(withoutSettings(env), globals);
    if (loaded === null || fileOnly === null) return skip('the configuration cannot be read');
    const inFile = new Map(settingRows(fileOnly).map((row) => [row.key, row]));
    const fromVariables = settingRows(loaded).filter(({ key }) => loaded.origin(key.split('.')).kind === 'environment');
    const shadows = fromVariables.flatMap(({ key, value, origin }) => {
      const row = inFile.get(key);
      const isSet = row !== undefined && fileOnly.origin(key.split('.')).kind === 'file';
      return isSet && row.value !== value ? [{ variable: origin, value, row }] : [];
    });
    if (shadows.length === 0) return ok(countText(fromVariables.length));
    return warn(
      shadows
        .map(
          ({ variable, value, row }) =>
            `${variable}=${String(value)} counts, not ${row.key}: ${String(row.value)} of ${row.origin}`,
        )
        .join('; '),
      'A proxy that is started from this shell goes by the variable, one that is started elsewhere by the file.',
      ['tokenpak config show --origin', ...shadows.map(({ variable }) => `unset ${variable}`)],
    );
  },
};

function withoutSettings(env: Readonly<NodeJS.ProcessEnv>): NodeJS.ProcessEnv {
  const rest = Object.entries(env).filter(([name]) => !name.startsWith('TOKENPAK_') || elsewhere.has(name));
  return Object.fromEntries(rest);
}

function countText(variables: number): string {
  if (variables === 0) return 'no variable stands over the file';
  return `${variables} ${variables === 1 ? 'setting comes' : 'settings come'} from the environment`;
}

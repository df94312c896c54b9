import type { LoadedConfig } from '../proxy/config/index.ts';
import { plainText } from '../tui/plain-text.ts';

/** One setting, and where its value comes from. */
export interface SettingRow {
  readonly key: string;
  readonly value: unknown;
  readonly origin: string;
}

/** Every setting that counts, one by one. Of a held key it tells only whether there is one. */
export function settingRows({ settings, config, origin }: LoadedConfig): SettingRow[] {
  const rows = leaves(settings, []).map(({ path, value }) => ({
    key: path.join('.'),
    value,
    origin: originText(origin(path)),
  }));
  const keys = Object.entries(config.providers).map(([name, { apiKey, apiKeyFile, apiKeyEnv }]) => ({
    key: `providers.${name}.apiKey`,
    value: apiKey === null ? 'none' : 'set',
    origin: apiKeyFile ?? apiKeyEnv ?? 'default',
  }));
  return [...rows, ...keys].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The same as aligned lines. */
export function settingLines(rows: readonly SettingRow[], withOrigin: boolean): string[] {
  const cells = rows.map(({ key, value, origin }) => [key, valueText(value), origin].map(plainText));
  const width = (column: number): number => Math.max(...cells.map((cell) => cell[column]?.length ?? 0));
  const [keyWidth, valueWidth] = [width(0), Math.min(width(1), 60)];
  return cells.map(([key = '', value = '', origin = '']) =>
    `${key.padEnd(keyWidth)}  ${withOrigin ? `${value.padEnd(valueWidth)}  ${origin}` : value}`.trimEnd(),
  );
}

interface Leaf {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Lists stay whole: they are set as a whole. */
function leaves(value: unknown, path: readonly string[]): Leaf[] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [{ path, value }];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, [...path, key]));
}

/** As it could stand in the file. */
function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).map(([key, member]) => `${key}: ${valueText(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

function originText(origin: ReturnType<LoadedConfig['origin']>): string {
  switch (origin.kind) {
    case 'file':
      return `${origin.file}:${origin.line}`;
    case 'environment':
    case 'flag':
      return origin.name;
    case 'default':
      return 'default';
  }
}

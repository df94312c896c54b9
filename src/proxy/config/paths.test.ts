import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { controlSocketPath, resolvePaths } from './paths.ts';

describe.skipIf(process.platform === 'win32')('the places of an installation', () => {
  it('are the XDG directories', () => {
    const env = { XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s', XDG_DATA_HOME: '/d', XDG_CACHE_HOME: '/k' };
    expect(resolvePaths({ env })).toEqual({
      configFile: '/c/tokenpak/tokenpak.yaml',
      stateDir: '/s/tokenpak',
      dataDir: '/d/tokenpak',
      cacheDir: '/k/tokenpak',
      runtimeDir: '/s/tokenpak/run',
      controlSocket: `/s/tokenpak/run/${process.pid}.sock`,
      instanceFile: `/s/tokenpak/run/${process.pid}.json`,
      logFile: '/s/tokenpak/tokenpak.log',
    });
  });

  it('are the usual ones where those are not set, or relative', () => {
    const paths = resolvePaths({ env: { XDG_CONFIG_HOME: 'relative' } });
    expect(paths.configFile).toBe(path.join(os.homedir(), '.config/tokenpak/tokenpak.yaml'));
    expect(paths.dataDir).toBe(path.join(os.homedir(), '.local/share/tokenpak'));
  });

  it('are under one home when one is named, by a flag before the variable', () => {
    const env = { TOKENPAK_HOME: '/from-variable', XDG_STATE_HOME: '/s' };
    expect(resolvePaths({ env })).toMatchObject({
      configFile: '/from-variable/tokenpak.yaml',
      stateDir: '/from-variable/state',
    });
    expect(resolvePaths({ env, home: '/from-flag' }).dataDir).toBe('/from-flag/data');
  });

  it('have the configuration file where it was named', () => {
    const env = { TOKENPAK_CONFIG: '/a/b.yaml' };
    expect(resolvePaths({ env }).configFile).toBe('/a/b.yaml');
    expect(resolvePaths({ env, config: 'mine.yaml' }).configFile).toBe(path.resolve('mine.yaml'));
  });
});

describe.skipIf(process.platform === 'win32')('the control socket', () => {
  it('lies in the runtime directory', () => {
    expect(controlSocketPath('/home/me/.local/state/tokenpak/run', 41)).toBe(
      '/home/me/.local/state/tokenpak/run/41.sock',
    );
  });

  it('lies in a short place of its own when that path could not be bound', () => {
    const deep = `/home/${'deep/'.repeat(30)}`;
    const socket = controlSocketPath(deep, 4_194_304);
    expect(Buffer.byteLength(socket)).toBeLessThan(100);
    expect(socket).toBe(controlSocketPath(deep, 4_194_304));
    expect(socket).not.toBe(controlSocketPath(`${deep}other`, 4_194_304));
  });
});

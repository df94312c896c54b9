import { InvalidArgumentError, Option } from 'commander';
import { durationMs } from './duration.ts';

/** `--port`: a whole number from 0 to 65535. */
export function portOption(description: string): Option {
  return new Option('--port <n>', description).argParser((text: string) => {
    const port = /^\d{1,5}$/u.test(text) ? Number(text) : NaN;
    if (port <= 65_535) return port;
    throw new InvalidArgumentError('Expected a whole number from 0 to 65535.');
  });
}

/** A length of time, such as `10s`; the command gets milliseconds. */
export function durationOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text: string) => {
    const ms = durationMs(text);
    if (ms !== null) return ms;
    throw new InvalidArgumentError('Expected a time such as 500ms, 10s or 2m.');
  });
}

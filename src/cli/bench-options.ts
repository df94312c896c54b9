import { type Command, InvalidArgumentError, Option } from 'commander';
import { defaultProofOptions, profileNames, type ProofOptions, workloadChoices } from '../bench/proof/proof-options.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { durationOption } from './options.ts';

const benchFormats = ['text', 'json', 'md', 'prom', 'csv'] as const;
export type BenchFormat = (typeof benchFormats)[number];

/** What `tokenpak bench` may be told; times in milliseconds. */
export interface BenchFlags {
  readonly rps?: number;
  readonly duration?: number;
  readonly warmup?: number;
  readonly connections?: number;
  readonly workload?: ProofOptions['workload'];
  readonly mode?: ProofOptions['mode'];
  readonly runs?: number;
  readonly seed?: number;
  readonly arrival?: ProofOptions['arrival'];
  readonly profile?: NonNullable<ProofOptions['profile']>;
  readonly scale?: number;
  readonly quick?: true;
  readonly mockDelay?: number;
  readonly maxRss?: number;
  readonly target?: string;
  readonly allowTraffic?: true;
  readonly sla?: string;
  readonly fail?: readonly string[];
  readonly baseline?: string | true;
  readonly tolerance?: number;
  readonly saveBaseline?: string | true;
  readonly json?: true;
  readonly format?: BenchFormat;
  readonly out?: string;
  readonly html?: string;
  readonly quiet?: true;
}

/** The options' help is written by hand: there are more than a screen has lines. */
export function addBenchOptions(command: Command): Command {
  for (const option of [...loadOptions(), ...judgeOptions(), ...outputOptions()]) command.addOption(option.hideHelp());
  return command;
}

function loadOptions(): Option[] {
  const byProfile = ['rps', 'duration', 'connections', 'mode', 'workload', 'quick'];
  return [
    new Option('--rps <n>').argParser(number({ least: 0, most: 1_000_000 })),
    durationOption('--duration <time>', ''),
    durationOption('--warmup <time>', ''),
    new Option('--connections <n>').argParser(number({ least: 1, most: 100_000, isWhole: true })),
    new Option('--workload <name>').choices(workloadChoices),
    new Option('--mode <mode>').choices(['open', 'closed', 'ramp']),
    new Option('--runs <n>').argParser(number({ least: 1, most: 100, isWhole: true })),
    new Option('--seed <n>').argParser(number({ least: 0, most: 2 ** 31 - 1, isWhole: true })),
    new Option('--arrival <spacing>').choices(['even', 'poisson']),
    new Option('--profile <name>').choices(profileNames).conflicts(byProfile),
    new Option('--scale <n>').argParser(number({ least: 0.001, most: 1 })),
    new Option('--quick'),
    durationOption('--mock-delay <time>', ''),
    new Option('--max-rss <mb>').argParser(number({ least: 1, most: 1_000_000 })),
    new Option('--target <url>').argParser(loopbackUrl),
    new Option('--allow-traffic'),
  ];
}

function judgeOptions(): Option[] {
  const collect = (text: string, before: readonly string[] | undefined): string[] => [...(before ?? []), text];
  return [
    new Option('--sla <file>'),
    new Option('--fail <condition>').argParser(collect),
    new Option('--baseline [file]'),
    new Option('--tolerance <share>').argParser(share),
    new Option('--save-baseline [file]'),
  ];
}

function outputOptions(): Option[] {
  return [
    new Option('--json').conflicts('format'),
    new Option('--format <format>').choices(benchFormats),
    new Option('--out <file>'),
    new Option('--html <file>'),
    new Option('-q, --quiet').conflicts(['json', 'format', 'out']),
  ];
}

/** What is to be measured. @throws CommandError for flags that do not go together */
export function proofOptionsFrom(flags: BenchFlags): ProofOptions {
  refuseContradictions(flags);
  const { rps, duration, warmup, mockDelay, maxRss, quick, profile, target } = flags;
  const plain = defaultProofOptions;
  const seconds = (ms: number | undefined, otherwise: number): number => (ms === undefined ? otherwise : ms / 1000);
  return {
    ...plain,
    ...given(flags, ['connections', 'workload', 'runs', 'seed', 'arrival', 'scale']),
    perSecond: rps ?? plain.perSecond,
    seconds: seconds(duration, plain.seconds),
    warmUpSeconds: seconds(warmup, plain.warmUpSeconds),
    mode: flags.mode ?? (rps === 0 ? 'closed' : plain.mode),
    mockDelayMs: mockDelay ?? plain.mockDelayMs,
    maxRssMb: maxRss ?? null,
    quick: quick ?? false,
    profile: profile ?? null,
    target: target ?? null,
    allowTraffic: flags.allowTraffic ?? false,
  };
}

function refuseContradictions(flags: BenchFlags): void {
  const { rps, mode } = flags;
  const isOpen = mode !== undefined && mode !== 'closed';
  if (rps === 0 && isOpen) throw new CommandError(exitCodes.usage, `--rps 0 is --mode closed, not ${mode}`);
  const needs = [
    ['scale', 'profile', '--scale is the size of a --profile'],
    ['allowTraffic', 'target', '--allow-traffic is for a --target'],
    ['tolerance', 'baseline', '--tolerance is for a --baseline'],
  ] as const;
  const missing = needs.find(([flag, needed]) => flags[flag] !== undefined && flags[needed] === undefined);
  if (missing !== undefined) throw new CommandError(exitCodes.usage, missing[2]);
}

/** The members that were given, and no others: they would hide what is meant where nothing is said. */
function given<Key extends keyof BenchFlags>(flags: BenchFlags, keys: readonly Key[]): Partial<ProofOptions> {
  return Object.fromEntries(keys.flatMap((key) => (flags[key] === undefined ? [] : [[key, flags[key]]])));
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly isWhole?: boolean;
}

function number({ least, most, isWhole = false }: Range): (text: string) => number {
  return (text) => {
    const value = /^\d+(?:\.\d+)?$/u.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most && (!isWhole || Number.isInteger(value))) return value;
    throw new InvalidArgumentError(`Expected a ${isWhole ? 'whole ' : ''}number from ${least} to ${most}.`);
  };
}

/** `20%` or `0.2`. */
export function share(text: string): number {
  const [, digits, sign] = /^(\d+(?:\.\d+)?)(%)?$/u.exec(text) ?? [];
  const value = Number(digits) / (sign === undefined ? 1 : 100);
  if (value >= 0 && (sign !== undefined || value <= 1)) return value;
  throw new InvalidArgumentError('Expected a share such as 20% or 0.2.');
}

const loopbackHosts = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u;

/** Load goes to this machine only. */
function loopbackUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'http:' && loopbackHosts.test(url.hostname)) return text.replace(/\/+$/u, '');
  throw new InvalidArgumentError('Expected the URL of a proxy on this machine, such as http://127.0.0.1:8766.');
}

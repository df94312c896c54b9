/** What the process ends with. The numbers are API. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  noProxy: 3,
  cannotBind: 4,
  configuration: 5,
  internal: 70,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command with a message for the user. Further lines of the message say what to try. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}

/** Who answers on a control socket: proof that a listener is the user's own, since only they can reach the socket. */
export interface Identity {
  /** The running proxy's id; `/health` shows the same one. */
  readonly instance: string;
  readonly pid: number;
  readonly port: number;
  /** The addresses that it holds, such as 127.0.0.1 and ::1. */
  readonly addresses: readonly string[];
  readonly version: string;
}

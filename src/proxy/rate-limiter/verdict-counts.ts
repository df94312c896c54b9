/** How often a limit let pass, refused, or would have refused. */
export interface VerdictCounts {
  passed: number;
  refused: number;
  shadow: number;
}

export function noVerdicts(): VerdictCounts {
  return { passed: 0, refused: 0, shadow: 0 };
}

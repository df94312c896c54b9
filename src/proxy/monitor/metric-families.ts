/** Everything that `/metrics` tells, in the order in which it does. Names are API. */
export const metricFamilies = {
  requestDuration: {
    name: 'tokenpak_proxy_request_duration_seconds',
    type: 'histogram',
    labels: [],
    help: 'Time from receiving a request to the last byte of its answer.',
  },
  overhead: {
    name: 'tokenpak_proxy_overhead_duration_seconds',
    type: 'histogram',
    labels: [],
    help: "Time that the proxy itself added: from the request's body being read to its hand-over to the provider, and from the provider's answer to ours.",
  },
  providerDuration: {
    name: 'tokenpak_proxy_provider_duration_seconds',
    type: 'histogram',
    labels: ['provider'],
    help: 'Time of one call to a provider, to the last byte of its answer.',
  },
  stageDuration: {
    name: 'tokenpak_proxy_stage_duration_seconds',
    type: 'histogram',
    labels: ['stage'],
    help: 'Time that a stage of the pipeline took until it handed the request on.',
  },
  authDuration: {
    name: 'tokenpak_proxy_auth_duration_seconds',
    type: 'histogram',
    labels: [],
    help: 'Time to tell whose a request with an access key is.',
  },
  authCacheHits: {
    name: 'tokenpak_auth_cache_hits_total',
    type: 'counter',
    labels: ['tier'],
    help: 'Access keys whose settings were still at hand.',
  },
  directiveResolve: {
    name: 'tokenpak_proxy_directive_resolve_duration_seconds',
    type: 'histogram',
    labels: [],
    help: 'Time to find the settings of an access key that were not at hand.',
  },
  requests: {
    name: 'tokenpak_requests_total',
    type: 'counter',
    labels: ['provider', 'model', 'outcome'],
    help: 'Finished requests by how they ended.',
  },
  errors: {
    name: 'tokenpak_request_errors_total',
    type: 'counter',
    labels: [],
    help: "Requests answered with an error of the proxy's own.",
  },
  tokens: {
    name: 'tokenpak_tokens_total',
    type: 'counter',
    labels: ['provider', 'model', 'class'],
    help: 'Tokens by class: input, cache_read, cache_write, output. Each token is in one class.',
  },
  cost: {
    name: 'tokenpak_cost_usd_total',
    type: 'counter',
    labels: ['provider', 'model'],
    help: 'Cost in US dollars of the requests whose price is known.',
  },
  unpriced: {
    name: 'tokenpak_unpriced_requests_total',
    type: 'counter',
    labels: ['provider', 'model'],
    help: 'Requests whose cost is not known and not in tokenpak_cost_usd_total.',
  },
  budgetLimit: {
    name: 'tokenpak_budget_limit',
    type: 'gauge',
    labels: ['budget', 'unit'],
    help: 'What a budget allows each of its subjects, in US dollars or tokens.',
  },
  budgetSpent: {
    name: 'tokenpak_budget_spent',
    type: 'gauge',
    labels: ['budget', 'unit'],
    help: 'What all subjects of a budget have spent in the window that it is now.',
  },
  budgetUsed: {
    name: 'tokenpak_budget_used_ratio',
    type: 'gauge',
    labels: ['budget'],
    help: 'The share of its budget that the subject has used that has used the largest; 1 is all.',
  },
  budgetRefused: {
    name: 'tokenpak_budget_refused_total',
    type: 'counter',
    labels: ['budget', 'mode'],
    help: 'Requests that a budget had no room for.',
  },
  budgetWouldRefuse: {
    name: 'tokenpak_budget_would_refuse_total',
    type: 'counter',
    labels: ['budget', 'mode'],
    help: 'Requests that a soft or shadow budget let pass and a hard one would have refused.',
  },
  budgetOvershot: {
    name: 'tokenpak_budget_overshot_total',
    type: 'counter',
    labels: ['budget', 'mode'],
    help: 'Requests that came to more than was held for them.',
  },
  inFlight: {
    name: 'tokenpak_in_flight_requests',
    type: 'gauge',
    labels: [],
    help: 'Requests on their way.',
  },
  shed: {
    name: 'tokenpak_shed_total',
    type: 'counter',
    labels: ['reason'],
    help: 'Requests that the proxy itself could not take, by what there was too much of.',
  },
  retryBudget: {
    name: 'tokenpak_retry_budget',
    type: 'gauge',
    labels: ['provider'],
    help: 'Attempts at a provider that may be repeated at once.',
  },
  retries: {
    name: 'tokenpak_upstream_retries_total',
    type: 'counter',
    labels: ['provider'],
    help: 'Attempts at a provider that were repeated.',
  },
  ledgerDropped: {
    name: 'tokenpak_ledger_dropped_total',
    type: 'counter',
    labels: [],
    help: 'Ledger records that could not be written.',
  },
  circuitState: {
    name: 'tokenpak_circuit_state',
    type: 'gauge',
    labels: ['provider', 'model'],
    help: "State of a provider's circuit breaker, with an empty model, and of those of its models that are not closed: 0 closed, 1 half open, 2 open, 3 forced.",
  },
  circuitTransitions: {
    name: 'tokenpak_circuit_transitions_total',
    type: 'counter',
    labels: ['provider', 'scope', 'from', 'to', 'reason'],
    help: "Changes of state; the scope is the provider's own circuit breaker or those of its models.",
  },
  circuitRejected: {
    name: 'tokenpak_circuit_rejected_total',
    type: 'counter',
    labels: ['provider'],
    help: 'Requests that were refused at once, since the circuit was open.',
  },
  circuitFailures: {
    name: 'tokenpak_circuit_failures_total',
    type: 'counter',
    labels: ['provider', 'class'],
    help: 'Failures that circuit breakers count, by class.',
  },
  circuitProbes: {
    name: 'tokenpak_circuit_probe_total',
    type: 'counter',
    labels: ['provider', 'result'],
    help: 'Requests that tried a provider again, by what came of it.',
  },
  circuitSlow: {
    name: 'tokenpak_circuit_slow_total',
    type: 'counter',
    labels: ['provider'],
    help: 'Answers that began late.',
  },
  circuitOpenSeconds: {
    name: 'tokenpak_circuit_open_seconds_total',
    type: 'counter',
    labels: ['provider'],
    help: "Time that the provider's circuit was not closed.",
  },
  rateLimitChecked: {
    name: 'tokenpak_proxy_rate_limit_checked_total',
    type: 'counter',
    labels: ['limit', 'verdict'],
    help: 'What a limit made of the requests that it is for: passed, refused, or shadow, which it would have refused. All limits of access keys count as one.',
  },
  residentMemory: {
    name: 'process_resident_memory_bytes',
    type: 'gauge',
    labels: [],
    help: 'Resident memory of the process.',
  },
  heapUsed: {
    name: 'tokenpak_heap_used_bytes',
    type: 'gauge',
    labels: [],
    help: "Memory in use in the heap of the proxy's thread.",
  },
  startTime: {
    name: 'process_start_time_seconds',
    type: 'gauge',
    labels: [],
    help: 'When this proxy started, in seconds since the Unix epoch.',
  },
  buildInfo: {
    name: 'tokenpak_build_info',
    type: 'gauge',
    labels: ['version', 'instance'],
    help: 'Always 1; its labels tell which version runs, and as which instance.',
  },
} as const satisfies Record<string, MetricFamily>;

export interface MetricFamily {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
}

/** `tokenpak bench --help` behind its first lines: every option, by what it is for. docs/bench.md says more. */
export const benchHelp = `
Load:    --rps 100 (0: as many as can be)  --duration 30s  --warmup 3s  --runs 3
         --mode open|closed|ramp  --connections 100  --arrival even|poisson
         --workload mix|health|stats|passthrough|stream|large-20k|large-200k|
         large-1m|error  --mock-delay 0ms  --seed 1  --quick (5 s, one run)
Profile: --profile quick|full|stress|spike|endurance|s0|s1|s3  --scale 0.1
Proxy:   its own, in a scratch home, or --target http://127.0.0.1:8766, which
         gets /health and /stats only without --allow-traffic  --max-rss MB
Judge:   --sla FILE  --fail 'overhead.p99<20' (may be repeated)
         --baseline [FILE]  --tolerance 20%  --save-baseline [FILE]
Output:  --json  --format text|json|md|prom|csv  --out FILE  --html FILE
         --quiet  --home DIR  --config FILE
Exit:    0 PASS, 1 FAIL or INVALID, 2 wrong usage

Examples:
  $ tokenpak bench --quick
  $ tokenpak bench --rps 100 --html report.html
  $ tokenpak bench compare before.json after.json --threshold 10%`;

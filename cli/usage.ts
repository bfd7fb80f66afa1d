/** @see docs/store-tool.md */
export const USAGE = `sluice store <command> <store>

  inspect   counts, ages, batches, dead letters with their last errors   [--json]
  verify    reads everything and compares it with its checksums and counters; exit code 1 when something is wrong   [--json]
  export    rows as NDJSON   [--what waiting,open,dead] [--output file]
  replay    makes dead letters due again   --batch <id> | --export <receiver/export> [--since <instant>]

<store> is the directory of a sqlite store that no process has open, or a PostgreSQL connection string (with [--schema name]).
inspect, verify and export change nothing. Exit codes: 0 done, 1 damage found or failed, 2 wrong usage.
`;

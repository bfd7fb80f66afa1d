/** @see docs/store-tool.md */
export const USAGE = `sluice store <command> <store>

  inspect   counts, ages, batches, dead letters with their last errors   [--json]
  verify    reads everything and compares it with its checksums and counters   [--json]
  export    rows and documents as NDJSON   [--what waiting,open,dead,documents] [--output file]
  replay    makes dead letters due again   --batch <id> | --export <receiver/export> [--since <ISO 8601>]

<store> is the directory of a sqlite store that no process has open, or a PostgreSQL connection string (with [--schema name]).
inspect, verify and export change nothing. A password is better in the variable PGPASSWORD than in the connection string.
Exit codes: 0 done and nothing wrong found, 1 something is wrong or it failed, 2 wrong usage or no store at that place.
`;

/** @see docs/store-tool.md */
export const USAGE = `sluice store <command> <store>

  inspect   counts, ages, batches, dead letters with their last errors   [--json]
  verify    reads everything and compares it with its checksums and counters   [--json]
  export    all of it as NDJSON   [--what waiting,open,dead,latest,documents] [--output file]

  pause     keeps what waits and what comes   --export <receiver/export>
  resume    delivers it again                 --export <receiver/export>
  flush     makes due what waits              --export <receiver/export>
  retry     makes due what waits for its next attempt   --export <receiver/export>
  metrics   measures the deliveries of the last three hours, and counts what waits   --export <receiver/export>
  deliveries   lists the last 50 requests, newest first   --export <receiver/export> [--limit 50]
  peek      shows the oldest waiting rows     --export <receiver/export> [--limit 10]
  dry-run   shows what a changed mapping would make of kept events   --export <receiver/export> --change <file> [--limit 50]
  dead      lists dead letters, or shows one  [--export <receiver/export>] [--limit 50] [--offset 0] [--rows 0] | --batch <id> [--limit 100]
  replay    makes dead letters due again      --batch <id> | --export <receiver/export> [--since <ISO 8601>]
  replay-kept   gives kept events to a buffer once more, by its mapping of now   --export <receiver/export> [--from <ISO 8601>] [--until <ISO 8601>] [--types a,b] [--ids a,b] --confirm <events>|all
  backup    makes a verified copy of all that a sqlite store has   sluice store backup <store> <new directory>
  orphans   lists exports that nobody holds, with what is in them: of a sqlite store, whose host is stopped, all
  adopt     brings all rows of an export that nobody holds into another   --export <receiver/export> --to <receiver/export>
  move      brings all of a store that nobody uses into another one, which is made where there is none   <to> [--to-schema name] --confirm <rows>|all
  enable    takes again what comes            --export <receiver/export>
  disable   drops what waits and what comes   --export <receiver/export> --confirm <rows>|all
  purge     removes for good   --batch <id> | --export <receiver/export> --what waiting|dead|all|kept --confirm <rows>|all
  remove    removes an export that nobody holds, with its rows   --export <receiver/export> --confirm <rows>|all

sluice admin <command> <store>   who may use the REST APIs; reaches the process that has the store, if one serves an API

  accounts      lists accounts
  add           makes an account with a token, or a key, and shows it   --label <text> --grant <project>=<role> … [--key] [--basic] [--days 90]
  change        its label and roles       --account <id> [--label <text>] [--grant <project>=<role> …]
  remove        an account, with all of its credentials   --account <id>
  credentials   lists tokens and keys     [--account <id>]
  token         makes a token             --account <id> --label <text> [--grant …] [--receiver id] [--export id] [--table name] [--days 90] [--sealed]
  key           makes a key, for Basic and OAuth2   --account <id> --label <text> [--days 90]
  rotate        gives a credential a new secret     --credential <id> [--former-hours 24]
  reveal        shows a secret that is sealed       --credential <id>
  revoke        ends a credential         --credential <id>
  audit         lists who changed what    [--limit 100] [--project name] [--about <id>]
  seal-again    seals all secrets with the newest key, so that a former one can go

Roles: push, view, viewPayloads, operate, develop, administer; "*" is every project. [--json] prints what the API answers.

<store> is the directory of a sqlite store that no process has open, or a PostgreSQL connection string (with [--schema name]).
inspect, verify and export change nothing. Without --confirm nothing is lost: the command says how many rows would be, and fails. A password is better in the variable PGPASSWORD than in the connection string.
Exit codes: 0 done and nothing wrong found, 1 something is wrong or it failed, 2 wrong usage or no store at that place.
`;

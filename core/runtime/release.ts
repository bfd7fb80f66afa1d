/** When this release was made; written anew with every release. No clock that is right shows an earlier time. */
export const RELEASED_AT = Date.UTC(2026, 10, 28);

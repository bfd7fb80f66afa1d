/** When this release was made; written anew with every release. No clock that is right shows an earlier time. */
export const RELEASED_AT = Date.UTC(2026, 10, 28);

/** In what is built: the version of the package. */
declare const SLUICE_VERSION: string | undefined;

/** The version of this copy of the package; `source` where it was not built. */
export const RELEASE: string = typeof SLUICE_VERSION === 'undefined' ? 'source' : SLUICE_VERSION;

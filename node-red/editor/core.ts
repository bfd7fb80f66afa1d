// The browser cannot load core/index, which needs Node. These files of core are pure; a copy of them would let the dialog
// and the runtime disagree about what "5MB" is.
/* eslint-disable @typescript-eslint/no-restricted-imports */
export { KEEP_FREE_MB } from '../../core/buffer/stores/sqlite/check-options';
export { parseByteSize } from '../../core/pure/byte-size';
export { parseDuration } from '../../core/pure/duration';
export { parsePath } from '../../core/mapping/globals/path';
export { secretFault, SECRET_RULES, type SecretKind } from '../../core/signature/secret-rules';

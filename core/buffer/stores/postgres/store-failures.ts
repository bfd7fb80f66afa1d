import { BufferError } from '../../../errors';
import type { ConnectionFailures } from '../../../postgres/connection';
import { describeFailure } from '../../../postgres/sql-error';
import { RETRY_AFTER_MS } from '../defaults';
import { storeClosed } from '../failures';

const WORDS: Readonly<Record<string, string>> = {
	'3F000': 'there is no such schema',
	'42501': 'the user may not do this; it needs CREATE on the database, or a schema it owns',
	'42P01': 'a table of the store is missing',
};

/** What callers of a store hear of its connections: BufferError ERR_STORE_UNAVAILABLE. */
export const storeFailures: ConnectionFailures = {
	failed(cause) {
		const { code, message } = describeFailure(cause, WORDS);
		const details = { code };
		return new BufferError('ERR_STORE_UNAVAILABLE', message, {
			cause,
			details,
			retryAfterMs: RETRY_AFTER_MS,
		});
	},
	closed: storeClosed,
};

import { ConfigError } from '../../../errors';

/** Without `gen_random_uuid()` no batch gets its key. */
const OLDEST = 13;
/** The tests run on this one and on the newest. */
const OLDEST_TESTED = 15;

/**
 * @param number as `server_version_num` has it, e.g. 150018
 * @returns what there is to warn of
 * @throws ConfigError for a server that is too old
 */
export function checkServerVersion(number: number): string[] {
	const major = Math.floor(number / 10_000);
	if (!(major >= OLDEST)) {
		throw new ConfigError('store', `PostgreSQL ${OLDEST_TESTED} or newer`, `PostgreSQL ${major}`);
	}
	if (major >= OLDEST_TESTED) return [];
	return [`PostgreSQL ${major} may work and is not tested; use ${OLDEST_TESTED} or newer`];
}

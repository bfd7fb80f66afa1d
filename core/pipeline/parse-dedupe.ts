import { checkWhole } from '../check-value';
import type { DedupeConfig, ReceiverConfig } from '../config';
import { ConfigError } from '../errors';
import { DEDUPE_WINDOW_MS, MAX_DEDUPE_PLACES } from '../pure/bounds';
import { isHeaderName } from '../pure/header-name';
import { text } from './check-text';

/** By which a CloudEvent is known again (CloudEvents 1.0.2, 3.1.1). */
const OF_CLOUD_EVENTS: readonly DedupeConfig[] = [
	{ keyPaths: ['source', 'id'], windowMs: DEDUPE_WINDOW_MS.fallback },
];

/**
 * How a receiver knows an event again. An empty list is none, of CloudEvents too.
 *
 * @throws ConfigError
 */
export function parseDedupe({
	dedupe,
	split,
}: Partial<Pick<ReceiverConfig, 'dedupe' | 'split'>>): Pick<ReceiverConfig, 'dedupe'> {
	if (dedupe === undefined) return split === 'cloudevents' ? { dedupe: OF_CLOUD_EVENTS } : {};
	if (dedupe.length > MAX_DEDUPE_PLACES)
		throw new ConfigError('dedupe', `at most ${MAX_DEDUPE_PLACES} places`, dedupe.length);
	// Kept of CloudEvents, where none would be the default when the definition is read again.
	if (dedupe.length === 0) return split === 'cloudevents' ? { dedupe } : {};
	const places = dedupe.map(withoutUndefined);
	for (const [index, one] of places.entries()) checkPlace(one, `dedupe[${index}]`);
	return { dedupe: places };
}

function withoutUndefined(one: DedupeConfig): DedupeConfig {
	const given = Object.entries(one).filter(([, value]) => value !== undefined);
	return Object.fromEntries(given) as unknown as DedupeConfig;
}

function checkPlace(one: DedupeConfig, path: string): void {
	const given = ['keyPath', 'keyPaths', 'header', 'content'].filter((name) => name in one);
	if (given.length !== 1)
		throw new ConfigError(path, 'one of keyPath, keyPaths, header and content');
	if ('keyPath' in one) text(one.keyPath, `${path}.keyPath`, 256);
	else if ('keyPaths' in one) checkPaths(one.keyPaths, `${path}.keyPaths`);
	else if ('header' in one) {
		if (!isHeaderName(one.header))
			throw new ConfigError(`${path}.header`, 'the name of a header', one.header);
	} else if (one.content !== true) throw new ConfigError(`${path}.content`, 'true', one.content);
	checkWhole(one.windowMs, `${path}.windowMs`, DEDUPE_WINDOW_MS);
}

function checkPaths(paths: readonly string[], path: string): void {
	if (!Array.isArray(paths) || paths.length < 2 || paths.length > MAX_DEDUPE_PLACES)
		throw new ConfigError(path, `a list of 2 to ${MAX_DEDUPE_PLACES} paths`, paths);
	for (const [index, one] of paths.entries()) text(one, `${path}[${index}]`, 256);
}

import type { Origin } from '../config';
import { ConfigError } from '../errors';
import { secretFieldsOf, type SinkConfig } from '../sink/create-sink';
import { isSecretRef, isSecretText, mapSecrets, shownOf } from '../sink/secret-ref';

/**
 * A sink as it may be stored and shown. What a node has read from its credentials or environment, and what is typed in a place of
 * secrets, is left out of it: the node has it. An API seals it before.
 *
 * @throws ConfigError for a text of an API, naming the path
 */
export function storedSink(sink: SinkConfig, origin: Origin): SinkConfig {
	return mapSecrets(sink, secretFieldsOf(sink), 'sink', (value, { holds, path }) => {
		if (isSecretRef(value) || typeof value !== 'string' || !isSecretText(holds, value))
			return value;
		if (origin === 'api') throw new ConfigError(path, 'a secret that is sealed');
		return { secretRef: path, ...shownOf(holds, value) };
	}) as SinkConfig;
}

import { secretFieldsOf, SINK_KINDS, type SinkConfig } from '../sink/create-sink';
import { mapSecrets, type SecretFields, type SecretSpot } from '../sink/secret-ref';
import type { AnyDefinition } from './definition';
import { AUTH_SECRETS, HANDSHAKE_SECRETS } from './stored-receiver';

/** Replaces what is in the places of a definition's secrets, in a copy; the same object where nothing is another. */
export function mapSecretsOf<One extends AnyDefinition>(
	definition: One,
	replace: (value: unknown, spot: SecretSpot) => unknown,
): One {
	const map = (value: unknown, fields: SecretFields, path: string): unknown =>
		mapSecrets(value, fields, path, replace);
	const any: AnyDefinition = definition;
	if (any.kind === 'receiver') {
		const { config } = any;
		const auth = map(config.auth, AUTH_SECRETS, 'auth');
		const handshake = map(config.handshake, HANDSHAKE_SECRETS, 'handshake');
		const isSame = auth === config.auth && handshake === config.handshake;
		return (isSame ? any : { ...any, config: { ...config, auth, handshake } }) as One;
	}
	if (any.sink === undefined) return definition;
	const sink = map(any.sink, fieldsIn(any.sink), 'sink');
	return (sink === any.sink ? any : { ...any, sink }) as One;
}

/** A sink of a kind that this release does not have is left as it is. */
function fieldsIn(sink: SinkConfig): SecretFields {
	return (SINK_KINDS as readonly string[]).includes(sink.kind) ? secretFieldsOf(sink) : {};
}

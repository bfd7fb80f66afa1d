import { isSecretRef } from '../sink/secret-ref';
import type { AnyDefinition } from './definition';
import { mapSecretsOf } from './map-secrets-of';
import { SHOWN } from './seal-secrets';

/** A definition that comes from elsewhere, with the secrets that it needs here. */
export interface Filled<One extends AnyDefinition> {
	readonly definition: One;
	/** Places of secrets that are neither given nor known here, as `auth[0].secrets[0]`. */
	readonly missing: readonly string[];
	/** Places whose text was given. */
	readonly used: readonly string[];
}

/**
 * In the place of a sealed secret a definition that was shown has a reference with its fingerprint. Only the store that sealed it knows what
 * that stands for; anywhere else the text is asked for. References to secrets of the host stay: the host knows them by their names.
 *
 * @param known the definition of the same id here, as it is shown, if there is one
 * @param given texts by place
 */
export function fillSecrets<One extends AnyDefinition>(
	definition: One,
	known: AnyDefinition | undefined,
	given: ReadonlyMap<string, string>,
): Filled<One> {
	const here = known ? namesIn(known) : new Set<string>();
	const missing: string[] = [];
	const used: string[] = [];
	const filled = mapSecretsOf(definition, (value, { path }) => {
		if (!isSecretRef(value) || !('secretRef' in value) || !value.secretRef.startsWith(SHOWN)) {
			return value;
		}
		const text = given.get(path);
		if (text !== undefined) {
			used.push(path);
			return text;
		}
		if (!here.has(value.secretRef)) missing.push(path);
		return value;
	});
	return { definition: filled, missing, used };
}

function namesIn(definition: AnyDefinition): Set<string> {
	const names = new Set<string>();
	mapSecretsOf(definition, (value) => {
		if (isSecretRef(value) && 'secretRef' in value) names.add(value.secretRef);
		return value;
	});
	return names;
}

import type { NodeAPI } from 'node-red';
import {
	toScheme,
	validateAuth,
	validateSecret,
	validateSignatures,
	type SchemeConfig,
	type SchemeSettings,
	type SecretKind,
	type SignatureConfig,
} from '../../core/index';
import { secretRefsOf, secretsOf } from './secrets';

/** Where the secrets of a node's schemes are: those that are shared in a sluice-secret, that of its own address in its credentials. */
export interface SchemeSecrets {
	/** A sluice-secret for each way, in their order. */
	readonly secretIds?: readonly (string | undefined)[];
	readonly address?: string | undefined;
}

/** What a node accepts. @throws ConfigError naming path and bound, never a secret */
export function authConfigs(
	RED: NodeAPI,
	saved: readonly SchemeSettings[] | undefined,
	{ secretIds = [], address = '' }: SchemeSecrets,
): readonly SchemeConfig[] {
	const auth = configs<SchemeConfig>(saved, 'auth', (rule, index) => {
		if (rule !== 'url') return secretsOf(RED, secretIds[index], secretField(index));
		validateSecret('address', address, 'urlSecret');
		return [address];
	});
	validateAuth(auth, 'auth');
	return auth;
}

/** What a node signs with. @throws ConfigError naming path and bound, never a secret */
export function signatureConfigs(
	RED: NodeAPI,
	saved: readonly SchemeSettings[] | undefined,
	secretId: string | undefined,
): readonly SchemeConfig[] {
	const signatures = configs<SchemeConfig>(saved, 'signatures', () => secretsOf(RED, secretId));
	validateSignatures(signatures, 'signatures');
	return signatures;
}

/** The same for a sink, which names its secrets. @throws ConfigError where none is chosen */
export function signatureRefs(
	RED: NodeAPI,
	saved: readonly SchemeSettings[] | undefined,
	secretId: string | undefined,
): readonly SignatureConfig[] {
	return configs<SignatureConfig>(saved, 'signatures', () => secretRefsOf(RED, secretId));
}

/** Core's configurations of saved schemes. */
function configs<Config>(
	saved: readonly SchemeSettings[] = [],
	path: string,
	secretsFor: (rule: SecretKind, index: number) => readonly unknown[],
): readonly Config[] {
	return saved.map((one, index) =>
		toScheme<Config>(
			one,
			(rule) => secretsFor(rule, index),
			(field) => `${path}[${index}].${field}`,
		),
	);
}

/** How a node calls the secret of a way: `secret`, `secret2`, … */
function secretField(index: number): string {
	return index === 0 ? 'secret' : `secret${index + 1}`;
}

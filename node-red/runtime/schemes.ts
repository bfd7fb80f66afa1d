import type { NodeAPI } from 'node-red';
import {
	SCHEMES,
	validateAuth,
	validateSecret,
	validateSignatures,
	type SchemeConfig,
	type SecretKind,
	type SignatureConfig,
} from '../../core/index';
import { numberOf } from './buffer-settings';
import { secretRefsOf, secretsOf } from './secrets';

/** A scheme as a node saves it: kind and fields, without secrets; numbers may be digit strings. */
export interface SavedScheme {
	readonly kind: string;
	readonly [field: string]: unknown;
}

/** Where the secrets of a node's schemes are: those that are shared in a sluice-secret, that of its own address in its credentials. */
export interface SchemeSecrets {
	readonly secretId?: string | undefined;
	readonly address?: string | undefined;
}

/** What a node accepts. @throws ConfigError naming path and bound, never a secret */
export function authConfigs(
	RED: NodeAPI,
	saved: readonly SavedScheme[] | undefined,
	{ secretId, address = '' }: SchemeSecrets,
): readonly SchemeConfig[] {
	const auth = configs<SchemeConfig>(saved, 'auth', (rule) => {
		if (rule !== 'url') return secretsOf(RED, secretId);
		validateSecret('address', address, 'urlSecret');
		return [address];
	});
	validateAuth(auth, 'auth');
	return auth;
}

/** What a node signs with. @throws ConfigError naming path and bound, never a secret */
export function signatureConfigs(
	RED: NodeAPI,
	saved: readonly SavedScheme[] | undefined,
	secretId: string | undefined,
): readonly SchemeConfig[] {
	const signatures = configs<SchemeConfig>(saved, 'signatures', () => secretsOf(RED, secretId));
	validateSignatures(signatures, 'signatures');
	return signatures;
}

/** The same for a sink, which names its secrets. @throws ConfigError where none is chosen */
export function signatureRefs(
	RED: NodeAPI,
	saved: readonly SavedScheme[] | undefined,
	secretId: string | undefined,
): readonly SignatureConfig[] {
	return configs<SignatureConfig>(saved, 'signatures', () => secretRefsOf(RED, secretId));
}

/** Core's configurations of saved schemes. What core checks is not checked here. */
function configs<Config>(
	saved: readonly SavedScheme[] = [],
	path: string,
	secretsFor: (rule: SecretKind) => readonly unknown[],
): readonly Config[] {
	return saved.map((one, index) => {
		const place = `${path}[${index}]`;
		const values = Object.entries(one).filter(([, value]) => value !== '');
		const config = Object.fromEntries(values) as Record<string, unknown>;
		for (const field of SCHEMES.find(({ kind }) => kind === one.kind)?.fields ?? []) {
			const value = config[field.name];
			if (field.type === 'secrets') config[field.name] = secretsFor(field.rule);
			else if (field.type === 'seconds' && typeof value === 'string')
				config[field.name] = numberOf(value, `${place}.${field.name}`);
		}
		return config as Config;
	});
}

import { createSecureContext } from 'node:tls';
import { ConfigError } from '../../errors';
import { joinPath } from '../../config-path';
import { isSecretRef, type SecretRef } from '../secret-ref';

/** By which an endpoint knows us (mutual TLS). */
export interface ClientCertificateConfig {
	/** PEM, with the certificates between it and the authority. */
	readonly cert: string;
	/** PEM. */
	readonly key: string | SecretRef;
	/** Of the key, where it has one. */
	readonly passphrase?: string | SecretRef | undefined;
}

const MAX_PEM = 100_000;

/** @throws ConfigError naming the path, never a secret */
export function validateClientCertificate(value: unknown, path: string): void {
	if (value === undefined) return;
	if (typeof value !== 'object' || value === null) {
		throw new ConfigError(path, '{"cert": "<PEM>", "key": "<PEM>"}');
	}
	const { cert, key, passphrase, ...others } = value as Record<string, unknown>;
	const [stranger] = Object.keys(others);
	if (stranger !== undefined) {
		throw new ConfigError(joinPath(path, stranger), 'one of cert, key, passphrase');
	}
	if (!isPem(cert)) throw new ConfigError(joinPath(path, 'cert'), 'certificates as PEM text');
	if (!isSecretRef(key) && !isPem(key)) {
		throw new ConfigError(joinPath(path, 'key'), 'a private key as PEM text');
	}
	const isOpen = passphrase === undefined || isSecretRef(passphrase);
	if (!isOpen && typeof passphrase !== 'string') {
		throw new ConfigError(joinPath(path, 'passphrase'), 'a text');
	}
	if (isSecretRef(key) || isSecretRef(passphrase)) return;
	try {
		createSecureContext({ cert, key, ...(passphrase === undefined ? {} : { passphrase }) });
	} catch {
		// OpenSSL's own words may show a part of the key.
		throw new ConfigError(
			path,
			'a certificate, its private key, and the passphrase of the key where it has one',
		);
	}
}

function isPem(value: unknown): value is string {
	return typeof value === 'string' && value.includes('-----BEGIN ') && value.length <= MAX_PEM;
}

import { ConfigError } from '../../../errors';
import { joinPath } from '../../../config-path';
import { isSecretRef, type SecretRef } from '../../secret-ref';
import { validateUrl } from '../validate-url';

/** A proxy by its address. */
export interface ProxyServer {
	/** http:// or https://, without user and password. */
	readonly url: string;
	/** Sent to the proxy as basic credentials. */
	readonly user?: string | undefined;
	readonly password?: string | SecretRef | undefined;
	/** Names, addresses and domains that are reached without it, as in NO_PROXY (`is-excepted.ts`); up to 100. */
	readonly except?: readonly string[] | undefined;
}

/**
 * By which proxy an endpoint is reached. `environment` (default): HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, in any case, with
 * suffixes and ports; this machine itself is never reached by one of these. `none`: none, whatever the environment says.
 */
export type ProxyConfig = 'environment' | 'none' | ProxyServer;

const MAX_TEXT = 1_000;
const MAX_EXCEPTIONS = 100;

/** @throws ConfigError naming the path, never a secret */
export function validateProxy(proxy: unknown, path: string): void {
	if (proxy === 'environment' || proxy === 'none') return;
	if (typeof proxy !== 'object' || proxy === null) {
		throw new ConfigError(path, 'environment, none, or {"url": "http://…"}', proxy);
	}
	const { url, user, password, except, ...others } = proxy as Record<string, unknown>;
	const [stranger] = Object.keys(others);
	if (stranger !== undefined) {
		throw new ConfigError(joinPath(path, stranger), 'one of url, user, password, except');
	}
	validateUrl(url, joinPath(path, 'url'));
	if (except !== undefined) validateExceptions(except, joinPath(path, 'except'));
	if (user !== undefined && (!isText(user) || user.includes(':'))) {
		throw new ConfigError(joinPath(path, 'user'), 'a name without a colon');
	}
	if (password === undefined) return;
	if (user === undefined)
		throw new ConfigError(joinPath(path, 'user'), 'a name beside the password');
	if (!isSecretRef(password) && !isText(password)) {
		throw new ConfigError(joinPath(path, 'password'), `a text of 1 to ${MAX_TEXT} characters`);
	}
}

function validateExceptions(except: unknown, path: string): void {
	if (!Array.isArray(except) || except.length > MAX_EXCEPTIONS) {
		throw new ConfigError(path, `a list of at most ${MAX_EXCEPTIONS} names`, except);
	}
	for (const [index, name] of (except as unknown[]).entries()) {
		if (!isText(name) || /\s/.test(name)) {
			throw new ConfigError(`${path}[${index}]`, 'a name such as .example.com', name);
		}
	}
}

function isText(value: unknown): value is string {
	return typeof value === 'string' && value !== '' && value.length <= MAX_TEXT;
}

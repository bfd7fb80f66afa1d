import { isIP } from 'node:net';
import { getProxyForUrl } from 'proxy-from-env';
import { DeliveryError } from '../../../errors';
import type { Resolved } from '../../secret-ref';
import { isExcepted } from './is-excepted';
import type { ProxyConfig } from './proxy-config';

/** A proxy, and the header by which it lets requests in. */
export interface ChosenProxy {
	/** Without user and password. */
	readonly url: URL;
	readonly authorization?: string;
}

/**
 * The proxy by which a URL is reached; undefined for none. The environment is read anew for each request.
 *
 * @throws DeliveryError ERR_SINK_UNAVAILABLE where the environment names a proxy that is none
 */
export function chooseProxy(
	target: URL,
	config: Resolved<ProxyConfig> = 'environment',
): ChosenProxy | undefined {
	if (config === 'none') return undefined;
	if (config === 'environment') return isThisMachine(target) ? undefined : fromEnvironment(target);
	const { url, user, password = '', except = [] } = config;
	if (isExcepted(target, except)) return undefined;
	return {
		url: new URL(url),
		...(user === undefined ? {} : { authorization: basic(user, password) }),
	};
}

function fromEnvironment(target: URL): ChosenProxy | undefined {
	const text = getProxyForUrl(target.href);
	if (text === '') return undefined;
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (!url || !['http:', 'https:'].includes(url.protocol)) {
		const message =
			'the environment (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY) names a proxy that is no http:// or https:// address';
		throw new DeliveryError('ERR_SINK_UNAVAILABLE', message, { details: { reason: 'PROXY' } });
	}
	const { username, password } = url;
	url.username = '';
	url.password = '';
	const isOpen = username === '' && password === '';
	return { url, ...(isOpen ? {} : { authorization: basic(decode(username), decode(password)) }) };
}

/** As Go's and other clients have it: a proxy elsewhere does not reach what only this machine sees. */
function isThisMachine({ hostname }: URL): boolean {
	const host = hostname
		.toLowerCase()
		.replace(/^\[|\]$/g, '')
		.replace(/\.$/, '');
	if (host === 'localhost' || host.endsWith('.localhost') || host === '::1') return true;
	return isIP(host) === 4 && host.startsWith('127.');
}

function basic(user: string, password: string): string {
	return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

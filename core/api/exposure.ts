/**
 * Where management may be served, and under which names. What can change everything is not to be reachable by accident: beyond loopback it
 * needs TLS, on the host's own URL somebody has to say so.
 */
import { isIP } from 'node:net';
import { ConfigError, CoreError } from '../errors';
import type { Headers } from '../event/event';

/** Where an API is to be served. */
export interface Exposure {
	/** `listener`: a port of ours; `hostUrl`: below the address of Node-RED or n8n. */
	readonly at: 'listener' | 'hostUrl';
	/** Address that the listener is bound to. */
	readonly host?: string | undefined;
	readonly hasTls?: boolean | undefined;
	/** It was chosen by name to serve it where it is not served by default: plain HTTP beyond loopback, the host's URL. */
	readonly isChosen?: boolean | undefined;
	/** Names by which clients may call it, beside `localhost` and addresses. Lower case, without a port. */
	readonly names?: readonly string[] | undefined;
}

/** @throws ConfigError naming what to set */
export function requireExposure({
	at,
	host = '',
	hasTls = false,
	isChosen = false,
}: Exposure): void {
	if (isChosen) return;
	if (at === 'hostUrl') {
		throw new ConfigError(
			'exposure',
			"a listener of its own for the API, or its choice by name to serve it on the host's URL",
		);
	}
	if (!hasTls && !isLoopback(host)) {
		throw new ConfigError(
			'exposure',
			'a listener on the loopback address, or one with TLS, or its choice by name to serve the API without TLS',
			host,
		);
	}
}

/** An address on which nobody but this machine is heard. */
function isLoopback(host: string): boolean {
	return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/**
 * A page that has its own name lead to this machine (DNS rebinding) says its own name here. Addresses are no names, so they pass.
 *
 * @throws CoreError ERR_HOST_REFUSED
 */
export function checkHost(headers: Headers, names: readonly string[] = []): void {
	const given = headers['host'] ?? [];
	const name = given.length === 1 ? nameOf(given[0] ?? '') : '';
	if (name === 'localhost' || isIP(name) !== 0 || names.includes(name)) return;
	throw new CoreError(
		'ERR_HOST_REFUSED',
		'this API is not served under the name that the request was sent to',
		{ details: { host: name } },
	);
}

/** Of a Host header (RFC 9110, 7.2), without port and brackets. */
function nameOf(host: string): string {
	const [, address, name] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host.toLowerCase()) ?? [];
	return address ?? (name ?? '').replace(/\.$/, '');
}

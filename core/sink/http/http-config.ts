import { checkWhole } from '../../check-value';
import { ConfigError } from '../../errors';
import { HTTP_TIMEOUT_MS } from '../../pure/bounds';
import { isHeaderName, isHeaderValue } from '../../pure/header-name';
import type { SchemeConfig } from '../../signature/schemes/index';
import { validateSignatures } from '../../signature/validate-schemes';
import { elementPath, joinPath } from '../config-path';
import { isSecretRef, type Resolved, type SecretRef } from '../secret-ref';
import { validateCidrs, type AddressRules } from './guard';

/** An HTTP endpoint to which batches are pushed. */
export interface HttpSinkConfig extends AddressRules {
	/** https:// or http://, as it is to be requested; without user and password, which belong into a header. */
	readonly url: string;
	/** Sent with every request. They cannot replace the signature header, Host or Content-Length (D41). */
	readonly headers?: Readonly<Record<string, string | SecretRef>> | undefined;
	/** How each request is signed, over its exact bytes (D40); none signs nothing (D14). */
	readonly signatures?: readonly SignatureConfig[] | undefined;
	/** For one attempt, 100 … 600,000; default 10,000 (D44). */
	readonly timeoutMs?: number | undefined;
	/** Retry every answer that is not 2xx, as a Data Connector does (D43); default false. */
	readonly retryAllStatuses?: boolean | undefined;
	/** What one request carries: the batch as a list (default), or one row, for receivers that know no lists (D7); a row of output `event` is then the event's own body. */
	readonly send?: 'batch' | 'row' | undefined;
	/**
	 * Whole events keep the headers Authorization, Proxy-Authorization and Cookie of who sent them; default false: the endpoint is
	 * somebody else.
	 */
	readonly sendCredentials?: boolean | undefined;
	/** Certificates to trust besides those of Node and the environment, PEM. */
	readonly ca?: string | undefined;
}

/** A scheme that signs, with references to its secrets. */
export type SignatureConfig = Referring<SchemeConfig>;

type Referring<Scheme> = Scheme extends { readonly secrets: readonly string[] }
	? Omit<Scheme, 'secrets'> & { readonly secrets: readonly SecretRef[] }
	: Scheme;

/** The same with the texts of its secrets. */
export type HttpEndpoint = Resolved<HttpSinkConfig>;

/** What the transport sets, and what would change how a request is framed. */
const RESERVED = ['host', 'content-length', 'transfer-encoding', 'connection', 'expect'];
const MAX_HEADERS = 50;

/** @throws ConfigError naming path and bound; a URL or header value is never shown, since both carry secrets */
export function validateHttpSink(config: HttpSinkConfig | HttpEndpoint, path = ''): void {
	const at = (name: string): string => joinPath(path, name);
	validateUrl(config.url, at('url'));
	const { signatures = [] } = config;
	const signed = validateSignatures(signatures, at('signatures'), isSecretRef);
	const taken = signed.find((name) => RESERVED.includes(name));
	if (taken !== undefined) {
		throw new ConfigError(at('signatures'), 'headers that the sender does not set itself', taken);
	}
	validateHeaders(config.headers, [...RESERVED, ...signed], at('headers'));
	const { timeoutMs = HTTP_TIMEOUT_MS.fallback, allowedCidrs = [] } = config;
	checkWhole(timeoutMs, at('timeoutMs'), HTTP_TIMEOUT_MS);
	if (!['batch', 'row', undefined].includes(config.send)) {
		throw new ConfigError(at('send'), 'batch or row', config.send);
	}
	if (!['literal', 'dynamic', undefined].includes(config.origin)) {
		throw new ConfigError(at('origin'), 'literal or dynamic', config.origin);
	}
	for (const name of ['retryAllStatuses', 'sendCredentials', 'allowHttp'] as const) {
		const value: unknown = config[name];
		if (value !== undefined && typeof value !== 'boolean') {
			throw new ConfigError(at(name), 'true or false', value);
		}
	}
	if (config.ca !== undefined && typeof config.ca !== 'string') {
		throw new ConfigError(at('ca'), 'certificates as PEM text', config.ca);
	}
	if (!Array.isArray(allowedCidrs)) {
		throw new ConfigError(at('allowedCidrs'), 'a list of networks', allowedCidrs);
	}
	validateCidrs(allowedCidrs as readonly unknown[], at('allowedCidrs'));
}

/** Stricter than `URL`, which mends what it is given: `http:host`, `https:\\\\host` and blanks are mistakes, and lead elsewhere. */
function validateUrl(text: unknown, path: string): void {
	const [, authority] =
		(typeof text === 'string' && /^https?:\/\/([^/?#]+)/i.exec(text)) || ([] as string[]);
	if (typeof text !== 'string' || authority === undefined || !URL.canParse(text)) {
		throw new ConfigError(
			path,
			'a URL that begins with https:// or http:// and the name of a host',
		);
	}
	if (/[\s\\\p{Cc}]/u.test(text)) {
		throw new ConfigError(path, 'a URL without blanks, line breaks and backslashes');
	}
	if (authority.includes('@')) {
		throw new ConfigError(path, 'a URL without user and password (use an Authorization header)');
	}
}

function validateHeaders(headers: unknown = {}, reserved: readonly string[], path: string): void {
	if (!isObject(headers)) throw new ConfigError(path, 'an object of names and values');
	const entries = Object.entries(headers);
	if (entries.length > MAX_HEADERS) {
		throw new ConfigError(path, `at most ${MAX_HEADERS} headers`, entries.length);
	}
	for (const [name, value] of entries) {
		const place = elementPath(path, name);
		if (!isHeaderName(name)) throw new ConfigError(place, 'the name of a header');
		if (reserved.includes(name.toLowerCase())) {
			throw new ConfigError(place, 'a header that the sender does not set itself (D41)');
		}
		if (!isSecretRef(value) && !isHeaderValue(value)) {
			throw new ConfigError(place, 'a text without line breaks and control characters');
		}
	}
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

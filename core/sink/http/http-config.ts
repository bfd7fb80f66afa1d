import { ConfigError } from '../../errors';
import { validateSecret } from '../../signature/validate-secret';
import { validateCidrs, type AddressRules } from './guard';

/** An HTTP endpoint to which batches are pushed. */
export interface HttpSinkConfig extends AddressRules {
	/** https:// or http://, as it is to be requested; without user and password, which belong into a header. */
	readonly url: string;
	/** Sent with every request. They cannot replace the signature header, Host or Content-Length (D41). */
	readonly headers?: Readonly<Record<string, string>> | undefined;
	/** Signs each request over its exact bytes (D40); an empty secret signs nothing (D14). */
	readonly signature?:
		| {
				readonly secret: string;
				/** Default `X-Dt-Signature`. */
				readonly header?: string | undefined;
		  }
		| undefined;
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

export const DEFAULT_TIMEOUT_MS = 10_000;
export const DEFAULT_SIGNATURE_HEADER = 'X-Dt-Signature';

/** What the transport sets, and what would change how a request is framed. */
const RESERVED = ['host', 'content-length', 'transfer-encoding', 'connection', 'expect'];
const MAX_HEADERS = 50;

/** @throws ConfigError naming path and bound; a URL or header value is never shown, since both carry secrets */
export function validateHttpSink(config: HttpSinkConfig): void {
	validateUrl(config.url);
	validateHeaders(config);
	const { timeoutMs = DEFAULT_TIMEOUT_MS } = config;
	if (!Number.isInteger(timeoutMs) || timeoutMs < 100 || timeoutMs > 600_000) {
		throw new ConfigError('timeoutMs', 'a whole number from 100 to 600,000', timeoutMs);
	}
	if (!['batch', 'row', undefined].includes(config.send)) {
		throw new ConfigError('send', 'batch or row', config.send);
	}
	if (!['literal', 'dynamic', undefined].includes(config.origin)) {
		throw new ConfigError('origin', 'literal or dynamic', config.origin);
	}
	validateCidrs(config.allowedCidrs ?? [], 'allowedCidrs');
}

/** Stricter than `URL`, which mends what it is given: `http:host`, `https:\\\\host` and blanks are mistakes, and lead elsewhere. */
function validateUrl(text: unknown): void {
	const [, authority] =
		(typeof text === 'string' && /^https?:\/\/([^/?#]+)/i.exec(text)) || ([] as string[]);
	if (typeof text !== 'string' || authority === undefined || !URL.canParse(text)) {
		throw new ConfigError(
			'url',
			'a URL that begins with https:// or http:// and the name of a host',
		);
	}
	if (/[\s\\\p{Cc}]/u.test(text)) {
		throw new ConfigError('url', 'a URL without blanks, line breaks and backslashes');
	}
	if (authority.includes('@')) {
		throw new ConfigError('url', 'a URL without user and password (use an Authorization header)');
	}
}

function validateHeaders({ headers = {}, signature }: HttpSinkConfig): void {
	const signatureHeader = signature?.header ?? DEFAULT_SIGNATURE_HEADER;
	if (!isHeaderName(signatureHeader)) {
		throw new ConfigError('signature.header', 'the name of a header', signatureHeader);
	}
	if (signature?.secret) validateSecret('signature', signature.secret, 'signature.secret');
	const reserved = signature?.secret ? [...RESERVED, signatureHeader.toLowerCase()] : RESERVED;
	const entries = Object.entries(headers);
	if (entries.length > MAX_HEADERS) {
		throw new ConfigError('headers', `at most ${MAX_HEADERS} headers`, entries.length);
	}
	for (const [name, value] of entries) {
		const path = `headers[${JSON.stringify(name.slice(0, 60))}]`;
		if (!isHeaderName(name)) throw new ConfigError(path, 'the name of a header');
		if (reserved.includes(name.toLowerCase())) {
			throw new ConfigError(path, 'a header that the sender does not set itself (D41)');
		}
		if (!isHeaderValue(value)) {
			throw new ConfigError(path, 'a text without line breaks and control characters');
		}
	}
}

/** Printable ASCII, Latin-1 and tab: the rest cannot be sent, and a line break would end the header. */
export function isHeaderValue(value: unknown): boolean {
	return typeof value === 'string' && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

/** A token (RFC 9110, 5.1) of at most 200 characters. */
export function isHeaderName(name: unknown): boolean {
	return typeof name === 'string' && /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/.test(name);
}

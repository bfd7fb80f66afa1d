import { checkHeaders } from '../../check-headers';
import { checkChoice, checkWhole } from '../../check-value';
import { ConfigError } from '../../errors';
import { IN_FLIGHT } from '../../pure/bounds';
import type { SchemeConfig } from '../../signature/schemes/index';
import { validateSignatures } from '../../signature/validate-schemes';
import { joinPath } from '../../config-path';
import { HEADER_VALUE_EXPECTATION, isHeaderValue } from '../../pure/header-name';
import { FORMAT_NAMES, type FormatName } from '../../pure/format-names';
import { ROW_BODIES, validateLabelKeys, type RowBody } from '../formats/row-body';
import { isSecretRef, type Resolved, type SecretRef } from '../secret-ref';
import { authHeaders, validateAuthConfig, type AuthConfig } from './auth/index';
import { PROTECTED_HEADERS } from '../../pure/protected-headers';
import { validateStatusLists, type StatusRules } from './status-rules';
import { PUSH_METHODS, type PushMethod } from './transport';
import { validateConnection, type ConnectionConfig } from './validate-connection';
import { validateUrl } from './validate-url';

const MAX_HEADERS = 50;

/** An HTTP endpoint to which batches are pushed. */
export interface HttpSinkConfig extends ConnectionConfig, StatusRules {
	/** https:// or http://, as it is to be requested; without user and password, which belong into a header. Its path and query may be secret. */
	readonly url: string | SecretRef;
	/** Default POST. */
	readonly method?: PushMethod | undefined;
	/** Sent with every request. They cannot replace those of `PROTECTED_HEADERS`, of a signature and of `auth` (D41). */
	readonly headers?: Readonly<Record<string, string | SecretRef>> | undefined;
	/** By which the endpoint lets requests in; none sends no credentials. */
	readonly auth?: AuthConfig | undefined;
	/** How each request is signed, over the exact bytes that are sent (D40); none signs nothing (D14). */
	readonly signatures?: readonly SignatureConfig[] | undefined;
	/** What one request carries: the batch (default), or one row, for receivers that know no lists (D7). */
	readonly send?: 'batch' | 'row' | undefined;
	/**
	 * Requests that may be under way at once where each row is one, of all batches together: 1 … 100; default as many as batches may be
	 * (`ExportConfig.maxInFlight`), and always one where the order is strict.
	 */
	readonly concurrency?: number | undefined;
	/** Of a batch; default json-array. CSV needs rows with columns. */
	readonly format?: FormatName | undefined;
	/** CSV begins with the names of the columns; default true. */
	readonly csvHeader?: boolean | undefined;
	/** What of a row is sent; default `row`. */
	readonly body?: RowBody | undefined;
	/** Keys of the labels that the body `connector` carries (D39); default none. */
	readonly labels?: readonly string[] | undefined;
	/** Bodies leave as gzip, but for those that have come compressed; default false. */
	readonly gzip?: boolean | undefined;
	/**
	 * Whole events keep the headers Authorization, Proxy-Authorization and Cookie of who sent them; default false: the endpoint is
	 * somebody else.
	 */
	readonly sendCredentials?: boolean | undefined;
}

/** A scheme that signs, with references to its secrets. */
export type SignatureConfig = Referring<SchemeConfig>;

type Referring<Scheme> = Scheme extends { readonly secrets: readonly string[] }
	? Omit<Scheme, 'secrets'> & { readonly secrets: readonly SecretRef[] }
	: Scheme;

/** The same with the texts of its secrets. */
export type HttpEndpoint = Resolved<HttpSinkConfig>;

/** Fields that hold one of a few texts. */
const CHOICES = {
	method: PUSH_METHODS,
	send: ['batch', 'row'],
	format: FORMAT_NAMES,
	body: ROW_BODIES,
} as const satisfies Partial<Record<keyof HttpSinkConfig, readonly string[]>>;

const FLAGS = ['retryAllStatuses', 'sendCredentials', 'gzip', 'csvHeader'] as const;

/** @throws ConfigError naming path and bound; a URL or header value is never shown, since both carry secrets */
export function validateHttpSink(config: HttpSinkConfig | HttpEndpoint, path = ''): void {
	const at = (name: string): string => joinPath(path, name);
	if (!isSecretRef(config.url)) validateUrl(config.url, at('url'));
	for (const [name, choices] of Object.entries(CHOICES)) {
		const value: unknown = config[name as keyof typeof CHOICES];
		if (value !== undefined) checkChoice<string>(value, at(name), choices);
	}
	for (const name of FLAGS) {
		const value: unknown = config[name];
		if (value !== undefined && typeof value !== 'boolean') {
			throw new ConfigError(at(name), 'true or false', value);
		}
	}
	validateHeadersOfAll(config, at);
	validateConnection(config, at);
	validateBody(config, at);
	validateStatusLists(config, path);
}

/** Each header is set by one of them. */
function validateHeadersOfAll(
	config: HttpSinkConfig | HttpEndpoint,
	at: (name: string) => string,
): void {
	const { signatures = [], auth, gzip, headers = {} } = config;
	const signed = validateSignatures(signatures, at('signatures'), isSecretRef);
	const reserved = signed.find((name) => PROTECTED_HEADERS.includes(name));
	if (reserved !== undefined) {
		const expected = 'headers that the sender does not set itself';
		throw new ConfigError(at('signatures'), expected, reserved);
	}
	if (auth !== undefined) validateAuthConfig(auth, at('auth'));
	const letIn = auth === undefined ? [] : authHeaders(auth);
	const twice = signed.find((name) => letIn.includes(name));
	if (twice !== undefined) {
		throw new ConfigError(at('signatures'), 'headers that auth does not set', twice);
	}
	const encoding = gzip === true ? ['content-encoding'] : [];
	checkHeaders(headers, at('headers'), {
		max: MAX_HEADERS,
		taken: [...PROTECTED_HEADERS, ...signed, ...letIn, ...encoding],
		takenBy: 'the sender',
		faultOf: (value) =>
			isSecretRef(value) || isHeaderValue(value) ? undefined : HEADER_VALUE_EXPECTATION,
	});
}

function validateBody(config: HttpSinkConfig | HttpEndpoint, at: (name: string) => string): void {
	const { send = 'batch', format, csvHeader, body = 'row', labels, concurrency } = config;
	if (concurrency !== undefined) {
		checkWhole(concurrency, at('concurrency'), IN_FLIGHT);
		const expected = 'send: row beside it; batches at once are maxInFlight of the export';
		if (send !== 'row') throw new ConfigError(at('concurrency'), expected);
	}
	if (send === 'row' && format !== undefined) {
		throw new ConfigError(
			at('format'),
			'no format where each row is a request (send: row)',
			format,
		);
	}
	if (format === 'csv' && body !== 'row') {
		throw new ConfigError(at('body'), 'row where the format is csv', body);
	}
	if (format !== 'csv' && csvHeader !== undefined) {
		throw new ConfigError(at('csvHeader'), 'the format csv beside it');
	}
	if (labels === undefined) return;
	if (body !== 'connector') throw new ConfigError(at('labels'), 'the body connector beside it');
	validateLabelKeys(labels, at('labels'));
}

import { createHmac, hash } from 'node:crypto';
import { ConfigError } from '../../errors';
import { lowerCaseHeaders } from '../../event/create-event';
import type { Headers } from '../../event/event';
import { failure } from '../failure';
import { publicAddress, publicAddresses } from '../hmac/public-address';
import {
	ENCODINGS,
	findSignatures,
	LAYOUTS,
	writeSignatures,
	type Encoding,
	type FoundSignatures,
	type HeaderForm,
} from '../hmac/signature-header';
import {
	CONTENT_EXPECTATION,
	readContent,
	signedPieces,
	type SignedContent,
	type SignedParts,
} from '../hmac/signed-content';
import { oneUse } from '../one-use';
import { areSameBytes } from '../same-text';
import { ALL_SIGN_UNTIL, signingSecrets, validateUntil } from '../signing-secrets';
import { checkTimestamp } from '../timestamp';
import { isSecret } from '../validate-secret';
import type { Scheme, SignedRequest } from './scheme';

const HASHES = ['sha256', 'sha384', 'sha512', 'sha1'] as const;
const SECRET_ENCODINGS = ['text', 'base64', 'hex'] as const;

export interface HmacConfig {
	readonly kind: 'hmac';
	readonly secrets: readonly string[];
	/** Name of the header with the signature, any case. */
	readonly header?: string | undefined;
	readonly hash?: string | undefined;
	readonly encoding?: string | undefined;
	/** One signature, or a list of entries (signature-header.ts). */
	readonly layout?: string | undefined;
	/** Before each signature, such as `sha256=`. */
	readonly prefix?: string | undefined;
	/** What is signed: a template (signed-content.ts). */
	readonly content?: string | undefined;
	/** Name of the header with the timestamp; empty: the entry below of a list has it. */
	readonly timestampHeader?: string | undefined;
	readonly timestampEntry?: string | undefined;
	/** How far a timestamp may be off, both ways. */
	readonly toleranceSeconds?: number | undefined;
	/** How the key is written. */
	readonly secretEncoding?: string | undefined;
	/** The address that the sender pushes to, where it signs it: behind a proxy nobody else knows. */
	readonly publicUrl?: string | undefined;
	/** RFC 3339: from then on the first secret signs alone; only a list carries several signatures. */
	readonly allSignUntil?: string | undefined;
}

const DEFAULTS = {
	header: 'X-Signature',
	hash: 'sha256',
	encoding: 'hex',
	layout: 'single',
	prefix: '',
	content: '{body}',
	timestampHeader: '',
	timestampEntry: 't',
	toleranceSeconds: 300,
	secretEncoding: 'text',
	publicUrl: '',
} as const;

/** An HMAC over the raw body and what else of the request its template names: what most senders of webhooks sign with. */
export const hmac: Scheme<HmacConfig> = {
	kind: 'hmac',
	fields: [
		{ name: 'secrets', use: 'both', type: 'secrets', rule: 'signature', max: 10 },
		{ name: 'header', use: 'both', type: 'header', fallback: DEFAULTS.header },
		{ name: 'hash', use: 'both', type: 'choice', options: HASHES, fallback: DEFAULTS.hash },
		{
			name: 'encoding',
			use: 'both',
			type: 'choice',
			options: ENCODINGS,
			fallback: DEFAULTS.encoding,
		},
		{ name: 'layout', use: 'both', type: 'choice', options: LAYOUTS, fallback: DEFAULTS.layout },
		{ name: 'prefix', use: 'both', type: 'text', maxLength: 50, fallback: DEFAULTS.prefix },
		{ name: 'content', use: 'both', type: 'text', maxLength: 500, fallback: DEFAULTS.content },
		{
			name: 'timestampHeader',
			use: 'both',
			type: 'text',
			maxLength: 200,
			fallback: DEFAULTS.timestampHeader,
		},
		{
			name: 'timestampEntry',
			use: 'both',
			type: 'text',
			maxLength: 50,
			fallback: DEFAULTS.timestampEntry,
		},
		{
			name: 'toleranceSeconds',
			use: 'verify',
			type: 'seconds',
			min: 1,
			max: 86_400,
			fallback: DEFAULTS.toleranceSeconds,
		},
		{
			name: 'secretEncoding',
			use: 'both',
			type: 'choice',
			options: SECRET_ENCODINGS,
			fallback: DEFAULTS.secretEncoding,
		},
		{
			name: 'publicUrl',
			use: 'verify',
			type: 'text',
			maxLength: 2_000,
			fallback: DEFAULTS.publicUrl,
			needed: { where: 'content', contains: '{url}' },
		},
		ALL_SIGN_UNTIL,
	],
	canSign: true,

	validate(config, path, direction) {
		const content = readContent(config.content ?? DEFAULTS.content);
		if (!content) throw new ConfigError(`${path}.content`, CONTENT_EXPECTATION, config.content);
		const { timestampHeader = '', layout, publicUrl = '' } = config;
		if (timestampHeader !== '' && !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(timestampHeader)) {
			throw new ConfigError(`${path}.timestampHeader`, 'the name of a header', timestampHeader);
		}
		if (content.has('timestamp') && timestampHeader === '' && layout !== 'list') {
			throw new ConfigError(
				`${path}.timestampHeader`,
				'the header with the {timestamp} that is signed, or the layout "list"',
			);
		}
		validateUntil(config.allSignUntil, `${path}.allSignUntil`);
		if (publicUrl !== '' && !publicAddress(publicUrl)) {
			throw new ConfigError(`${path}.publicUrl`, 'a URL that begins with https:// or http://');
		}
		if (direction === 'verify' && content.has('url') && publicUrl === '') {
			throw new ConfigError(
				`${path}.publicUrl`,
				'the address that the sender pushes to, since it signs the {url}',
			);
		}
		if (direction === 'sign' && (content.has('form') || content.has('header'))) {
			throw new ConfigError(
				`${path}.content`,
				'no {form} and no {header:…} where requests are signed',
				config.content,
			);
		}
		for (const [index, secret] of config.secrets.entries()) {
			if (isSecret(secret) && !keyOf(secret, config)) {
				throw new ConfigError(`${path}.secrets[${index}]`, `a secret in ${config.secretEncoding}`);
			}
		}
	},

	verify(request, config) {
		const { secrets } = config;
		if (!secrets.some(isSecret)) throw failure('ERR_SIGNATURE_MISMATCH', 'empty_secret');
		const found = findSignatures(request.headers, formOf(config));
		const content = contentOf(config);
		const timestamp = content.has('timestamp') ? timestampOf(request, found, config) : undefined;
		// Some senders write the port that goes without saying, and some do not.
		const urls = content.has('url')
			? publicAddresses(config.publicUrl ?? '', request.target)
			: [''];
		for (const url of urls) {
			const pieces = signedPieces(content, { ...request, url, timestamp });
			const macs = secrets.map((secret) => isSecret(secret) && macOf(pieces, secret, config));
			const secretAt = macs.findIndex(
				(mac) => mac && found.signatures.some((one) => areSameBytes(one, mac)),
			);
			if (secretAt < 0) continue;
			// The same body without a time may well be meant twice.
			if (timestamp === undefined) return { secretAt };
			// Only now: whose timestamp it is, is known by the signature alone.
			const { toleranceSeconds = DEFAULTS.toleranceSeconds } = config;
			const until = checkTimestamp(timestamp, request.now, toleranceSeconds);
			const [mac = false] = macs.slice(secretAt);
			return { secretAt, ...(mac ? { oneUse: oneUse(mac, request.now, until) } : {}) };
		}
		throw failure('ERR_SIGNATURE_MISMATCH', 'bad_signature');
	},

	sign: ({ method, url, body, now }, config) =>
		signParts({ method, url, headers: {}, body }, now, config),

	present({ method, headers, body, now }, config) {
		const { publicUrl = '' } = config;
		const content = contentOf(config);
		// Of JSON the address has the digest; one with a query of its own stays as it is.
		const isDigested = content.has('form');
		if (isDigested && publicUrl.includes('?')) return undefined;
		const query = isDigested ? { bodySHA256: hash('sha256', body) } : {};
		const url = isDigested ? `${publicUrl}?bodySHA256=${query.bodySHA256}` : publicUrl;
		const { timestampHeader = '' } = config;
		const time = timestampHeader === '' ? {} : { [timestampHeader]: secondsOf(now) };
		const known = { ...headers, ...lowerCaseHeaders(time) };
		const others = otherHeaders(content, known);
		const all = { ...known, ...lowerCaseHeaders(others) };
		return {
			headers: { ...others, ...signParts({ method, url, headers: all, body }, now, config) },
			query,
		};
	},

	signedHeaders: (config) => {
		const { header = DEFAULTS.header, timestampHeader = '' } = config;
		const hasOther = timestampHeader !== '' && contentOf(config).has('timestamp');
		return hasOther ? [header, timestampHeader] : [header];
	},
};

/** The headers with the signature, and with the time where it is signed. */
function signParts(
	parts: Omit<SignedParts, 'timestamp'>,
	now: number,
	config: HmacConfig,
): Readonly<Record<string, string>> {
	const content = contentOf(config);
	const form = formOf(config);
	const { timestampHeader = '', timestampEntry = DEFAULTS.timestampEntry } = config;
	const timestamp = content.has('timestamp') ? secondsOf(now) : undefined;
	const pieces = signedPieces(content, { ...parts, timestamp });
	const signing = signingSecrets(config.secrets, config.allSignUntil, now);
	const macs = signing.map((secret) => macOf(pieces, secret, config));
	const isInHeader = timestamp !== undefined && timestampHeader !== '';
	const entries = timestamp === undefined || isInHeader ? [] : [`${timestampEntry}=${timestamp}`];
	return {
		[form.header]: writeSignatures(macs, form, entries),
		...(isInHeader ? { [timestampHeader]: timestamp } : {}),
	};
}

function secondsOf(now: number): string {
	return String(Math.floor(now / 1_000));
}

/** Headers that are signed, and that a request does not have by itself. */
function otherHeaders({ pieces }: SignedContent, has: Headers): Readonly<Record<string, string>> {
	const signed = pieces.flatMap((piece) =>
		typeof piece === 'object' && typeof piece.place === 'object' ? piece.place.header : [],
	);
	return Object.fromEntries(signed.filter((name) => !has[name]).map((name) => [name, 'test']));
}

function formOf(config: HmacConfig): HeaderForm {
	const { header = DEFAULTS.header, prefix = '' } = config;
	const layout = config.layout === 'list' ? 'list' : 'single';
	return { header, layout, prefix, encoding: (config.encoding ?? DEFAULTS.encoding) as Encoding };
}

function contentOf({ content = DEFAULTS.content }: HmacConfig): SignedContent {
	const read = readContent(content);
	if (!read) throw new TypeError('a template that has not been checked');
	return read;
}

/** @throws SignatureError; details.reason is missing_timestamp or several_timestamps */
function timestampOf(
	{ headers }: SignedRequest,
	found: FoundSignatures,
	config: HmacConfig,
): string {
	const { timestampHeader = '', timestampEntry = DEFAULTS.timestampEntry } = config;
	const values =
		timestampHeader === ''
			? found.entries(timestampEntry)
			: (headers[timestampHeader.toLowerCase()] ?? []);
	const [timestamp, ...others] = values;
	if (timestamp === undefined || timestamp === '') {
		throw failure('ERR_SIGNATURE_MISSING', 'missing_timestamp');
	}
	if (others.length > 0) throw failure('ERR_SIGNATURE_MISMATCH', 'several_timestamps');
	return timestamp;
}

function macOf(
	pieces: readonly (string | Uint8Array)[],
	secret: string,
	config: HmacConfig,
): Buffer {
	const mac = createHmac(config.hash ?? DEFAULTS.hash, keyOf(secret, config) ?? '');
	for (const piece of pieces) mac.update(piece);
	return mac.digest();
}

function keyOf(secret: string, { secretEncoding }: HmacConfig): Buffer | undefined {
	if (secretEncoding === 'hex') {
		return /^([0-9a-f]{2})+$/i.test(secret) ? Buffer.from(secret, 'hex') : undefined;
	}
	if (secretEncoding === 'base64') {
		return /^[A-Za-z0-9+/_-]+={0,2}$/.test(secret) ? Buffer.from(secret, 'base64') : undefined;
	}
	return Buffer.from(secret, 'utf8');
}

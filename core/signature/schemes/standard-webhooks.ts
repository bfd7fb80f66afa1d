import {
	createHmac,
	hash,
	randomUUID,
	sign as signBytes,
	verify as verifyBytes,
} from 'node:crypto';
import type { Headers } from '../../event/event';
import { ConfigError } from '../../errors';
import { failure } from '../failure';
import { oneUse } from '../one-use';
import { areSameBytes } from '../same-text';
import { ALL_SIGN_UNTIL, signingSecrets, validateUntil } from '../signing-secrets';
import { webhookKey, type WebhookKey } from '../standard-webhooks/webhook-key';
import { checkTimestamp } from '../timestamp';
import { isSecret } from '../validate-secret';
import type { Scheme, UnsignedRequest } from './scheme';

export interface StandardWebhooksConfig {
	readonly kind: 'standard-webhooks';
	/** `whsec_…` (or its base64 alone) for v1; `whpk_…` verifies and `whsk_…` signs v1a. */
	readonly secrets: readonly string[];
	/** Before `-id`, `-timestamp` and `-signature`. */
	readonly headerPrefix?: string | undefined;
	readonly toleranceSeconds?: number | undefined;
	/** RFC 3339: from then on the first secret signs alone. */
	readonly allSignUntil?: string | undefined;
}

const PREFIX = 'webhook';
const TOLERANCE_SECONDS = 300;

/** More in one header are an attack. */
const MAX_SIGNATURES = 50;

/** Standard Webhooks 1.0: v1 (HMAC-SHA256) and v1a (Ed25519) over id, timestamp and body; Svix under names of its own. */
export const standardWebhooks: Scheme<StandardWebhooksConfig> = {
	kind: 'standard-webhooks',
	fields: [
		{ name: 'secrets', use: 'both', type: 'secrets', rule: 'signature', max: 10 },
		{ name: 'headerPrefix', use: 'both', type: 'text', maxLength: 50, fallback: PREFIX },
		{
			name: 'toleranceSeconds',
			use: 'verify',
			type: 'seconds',
			min: 1,
			max: 86_400,
			fallback: TOLERANCE_SECONDS,
		},
		ALL_SIGN_UNTIL,
	],
	canSign: true,

	validate({ secrets, headerPrefix = PREFIX, allSignUntil }, path, direction) {
		if (!/^[0-9a-z-]+$/i.test(headerPrefix)) {
			throw new ConfigError(`${path}.headerPrefix`, 'letters, digits and hyphens', headerPrefix);
		}
		validateUntil(allSignUntil, `${path}.allSignUntil`);
		for (const [index, secret] of secrets.entries()) {
			if (!isSecret(secret)) continue;
			const key = webhookKey(secret);
			const isRight = direction === 'sign' ? key?.canSign : key;
			if (isRight) continue;
			const expected =
				direction === 'sign'
					? 'a secret whsec_<base64> or a private key whsk_<base64>'
					: 'a secret whsec_<base64> or a public key whpk_<base64>';
			throw new ConfigError(`${path}.secrets[${index}]`, expected);
		}
	},

	verify(
		{ headers, body, now },
		{ secrets, headerPrefix = PREFIX, toleranceSeconds = TOLERANCE_SECONDS },
	) {
		const keys = secrets.map((secret) => (isSecret(secret) ? webhookKey(secret) : undefined));
		if (!keys.some(Boolean)) throw failure('ERR_SIGNATURE_MISMATCH', 'empty_secret');
		const [id, timestamp, signature] = ['id', 'timestamp', 'signature'].map((name) =>
			onlyValue(headers, `${headerPrefix}-${name}`),
		) as [string, string, string];
		const found = signature.split(' ').filter((one) => one !== '');
		if (found.length > MAX_SIGNATURES)
			throw failure('ERR_SIGNATURE_MISMATCH', 'too_many_signatures');
		const signed = contentOf(id, timestamp, body);
		const secretAt = keys.findIndex((key) => key && found.some((one) => isBy(key, one, signed)));
		if (secretAt < 0) throw failure('ERR_SIGNATURE_MISMATCH', 'bad_signature');
		// Seconds alone, as the specification has it.
		if (!/^\d{1,12}$/.test(timestamp)) throw failure('ERR_SIGNATURE_MISMATCH', 'bad_timestamp');
		const until = checkTimestamp(timestamp, now, toleranceSeconds);
		return { secretAt, oneUse: oneUse(id, now, until) };
	},

	sign: signMessage,

	present: (request, config) =>
		config.secrets.some((secret) => isSecret(secret) && webhookKey(secret)?.canSign)
			? { headers: signMessage(request, config) }
			: undefined,

	signedHeaders: ({ headerPrefix = PREFIX }) =>
		['id', 'timestamp', 'signature'].map((name) => `${headerPrefix}-${name}`),
};

function signMessage(
	{ body, now, id: name }: Pick<UnsignedRequest, 'body' | 'now' | 'id'>,
	{ headerPrefix = PREFIX, secrets, allSignUntil }: StandardWebhooksConfig,
): Readonly<Record<string, string>> {
	const id = messageId(name);
	const timestamp = String(Math.floor(now / 1_000));
	const signed = contentOf(id, timestamp, body);
	const signatures = signingSecrets(secrets, allSignUntil, now).flatMap((secret) => {
		const key = webhookKey(secret);
		return key?.canSign ? [signedBy(key, signed)] : [];
	});
	return {
		[`${headerPrefix}-id`]: id,
		[`${headerPrefix}-timestamp`]: timestamp,
		[`${headerPrefix}-signature`]: signatures.join(' '),
	};
}

/** Without a dot, which stands between the signed parts, and in characters that any header takes. */
function messageId(name: string = randomUUID()): string {
	return `msg_${hash('sha256', name, 'base64url').slice(0, 27)}`;
}

function contentOf(id: string, timestamp: string, body: Uint8Array): Buffer {
	return Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
}

/** @throws SignatureError; details.reason is missing_header or several_headers */
function onlyValue(headers: Headers, name: string): string {
	const [value, ...others] = headers[name.toLowerCase()] ?? [];
	if (value === undefined || value === '') throw failure('ERR_SIGNATURE_MISSING', 'missing_header');
	if (others.length > 0) throw failure('ERR_SIGNATURE_MISMATCH', 'several_headers');
	return value;
}

function isBy(key: WebhookKey, text: string, signed: Buffer): boolean {
	const [version, encoded = ''] = text.split(',', 2);
	if (version !== key.version || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return false;
	const signature = Buffer.from(encoded, 'base64');
	return key.version === 'v1'
		? areSameBytes(signature, createHmac('sha256', key.key).update(signed).digest())
		: verifyBytes(null, signed, key.publicKey, signature);
}

function signedBy(key: WebhookKey, signed: Buffer): string {
	const signature =
		key.version === 'v1'
			? createHmac('sha256', key.key).update(signed).digest()
			: signBytes(null, signed, key.privateKey ?? key.publicKey);
	return `${key.version},${signature.toString('base64')}`;
}

import { verify as verifySignature } from 'node:crypto';
import { ConfigError } from '../../errors';
import { failure } from '../failure';
import { oneUse } from '../one-use';
import { certificatesOf } from '../sns/certificate-cache';
import { readSnsMessage, signedText } from '../sns/sns-message';
import { isCertificateUrl, isTopicArn } from '../sns/sns-url';
import type { Scheme } from './scheme';

export interface SnsConfig {
	readonly kind: 'sns';
	/** ARNs of the topics that may push, with commas between them: SNS signs for everybody who has a topic. */
	readonly topics?: string | undefined;
	/** Versions of the signature: 1 is of a SHA-1, 2 of a SHA-256. */
	readonly versions?: readonly string[] | undefined;
}

const HASHES: Readonly<Record<string, string>> = { '1': 'RSA-SHA1', '2': 'RSA-SHA256' };
const VERSIONS = ['1', '2'] as const;
const MAX_TOPICS = 20;

/**
 * Amazon SNS signs with a key whose certificate lies on its own server; both are checked, and that the topic is a known one.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */
export const sns: Scheme<SnsConfig> = {
	kind: 'sns',
	fields: [
		{
			name: 'topics',
			use: 'verify',
			type: 'text',
			maxLength: 6_000,
			fallback: '',
			needed: true,
		},
		{ name: 'versions', use: 'verify', type: 'choices', options: VERSIONS, fallback: VERSIONS },
	],
	canSign: false,

	validate({ topics }, path) {
		const arns = topicsOf(topics);
		const wrong = arns.find((arn) => !isTopicArn(arn));
		if (wrong === undefined && arns.length >= 1 && arns.length <= MAX_TOPICS) return;
		const expected = `1 to ${MAX_TOPICS} ARNs of topics, such as arn:aws:sns:eu-west-1:123456789012:name, with commas between them`;
		throw new ConfigError(`${path}.topics`, expected, wrong ?? arns.length);
	},

	async verify({ headers, body, now, fetchText }, { topics, versions = VERSIONS }) {
		if (!headers['x-amz-sns-message-type']) {
			throw failure('ERR_SIGNATURE_MISSING', 'no_message_of_sns');
		}
		const message = readSnsMessage(body);
		const text = message && signedText(message);
		// With raw message delivery SNS signs nothing.
		if (!message || text === undefined) throw failure('ERR_SIGNATURE_MISSING', 'not_signed_by_sns');
		const { TopicArn = '', SigningCertURL = '', SignatureVersion = '', Signature = '' } = message;
		if (!topicsOf(topics).includes(TopicArn))
			throw failure('ERR_SIGNATURE_MISMATCH', 'other_topic');
		const hash = versions.includes(SignatureVersion) ? HASHES[SignatureVersion] : undefined;
		if (hash === undefined) throw failure('ERR_ALG_NOT_ALLOWED', 'other_signature_version');
		if (!isCertificateUrl(SigningCertURL, TopicArn)) {
			throw failure('ERR_SIGNATURE_MISMATCH', 'certificate_from_elsewhere');
		}
		const key = await certificatesOf(fetchText).keyAt(SigningCertURL, now);
		const signature = Buffer.from(Signature, 'base64');
		const isGood =
			key.asymmetricKeyType === 'rsa' && verifySignature(hash, Buffer.from(text), key, signature);
		if (!isGood) throw failure('ERR_SIGNATURE_MISMATCH', 'bad_signature');
		return { oneUse: oneUse(signature, now) };
	},
};

function topicsOf(topics = ''): readonly string[] {
	return topics
		.split(/[\s,]+/)
		.map((one) => one.trim())
		.filter(Boolean);
}

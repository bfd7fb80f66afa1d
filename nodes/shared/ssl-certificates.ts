/** Certificates for an endpoint or a port of our own, by n8n's own credential: whoever has one for the HTTP Request node uses it here. */
import type {
	IDisplayOptions,
	INodeProperties,
	INodeTypeDescription,
	NodeParameterValue,
} from 'n8n-workflow';
import {
	ConfigError,
	type EndpointSettings,
	type ListenerTls,
	type SecretRef,
} from '../../core/index';
import { readCredential, type CredentialContext } from './credentials';

type NodeCredential = NonNullable<INodeTypeDescription['credentials']>[number];

export const SSL_TYPE = 'httpSslAuth';
const SHOWN = 'SSL Certificates';
const PLACE = `credentials.${SSL_TYPE}`;

/** As the HTTP Request node calls it. */
export const SSL_PARAMETER = 'provideSslCertificates';

export function sslParameter(displayOptions: IDisplayOptions): INodeProperties {
	return {
		displayName: SHOWN,
		name: SSL_PARAMETER,
		type: 'boolean',
		default: false,
		noDataExpression: true,
		displayOptions,
		description:
			'Whether to show the endpoint a certificate of your own, or to trust one that is not publicly known',
	};
}

/**
 * Entry of a node's `credentials`.
 *
 * @param show the parameter that it hangs on, and where need be one that stands after it, whatever that says: the editor shows the choice of
 *   all credentials above the last parameter that one of them names
 */
export function sslCredential(
	show: Readonly<Record<string, NodeParameterValue[]>>,
): NodeCredential {
	return { name: SSL_TYPE, displayName: SHOWN, required: true, displayOptions: { show } };
}

/**
 * What an endpoint is shown, and what is trusted of it.
 *
 * @param keep puts a secret aside and gives what stands in its place
 * @throws ConfigError for a credential that cannot be read, or has neither an authority nor certificate and key
 */
export async function readSslCertificates(
	context: CredentialContext,
	keep: (name: string, secret: string) => SecretRef,
	index?: number,
): Promise<Pick<EndpointSettings, 'ca' | 'clientCertificate'>> {
	const { ca, cert, key, passphrase } = await readPem(context, index);
	if (ca + cert + key === '' || (cert === '') !== (key === '')) {
		throw new ConfigError(PLACE, 'a CA, or a certificate together with its key');
	}
	return {
		...(ca === '' ? {} : { ca }),
		...(cert === ''
			? {}
			: {
					clientCertificate: {
						cert,
						key: keep(`${PLACE}.key`, key),
						...(passphrase === '' ? {} : { passphrase: keep(`${PLACE}.passphrase`, passphrase) }),
					},
				}),
	};
}

/**
 * What a port of our own speaks TLS with. A CA is that of senders, who have to show a certificate by it then.
 *
 * @throws ConfigError for a credential that cannot be read, or has no certificate or no key
 */
export async function readServerCertificate(context: CredentialContext): Promise<ListenerTls> {
	const { ca, cert, key, passphrase } = await readPem(context);
	if (cert === '' || key === '')
		throw new ConfigError(PLACE, 'a certificate together with its key');
	return { cert, key, ...(ca === '' ? {} : { ca }), ...(passphrase === '' ? {} : { passphrase }) };
}

async function readPem(
	context: CredentialContext,
	index?: number,
): Promise<Record<'ca' | 'cert' | 'key' | 'passphrase', string>> {
	const fields = await readCredential<Record<string, unknown>>(context, SSL_TYPE, SHOWN, index);
	const { ca, cert, key, passphrase } = fields;
	return {
		ca: pemText(ca),
		cert: pemText(cert),
		key: pemText(key),
		passphrase: typeof passphrase === 'string' ? passphrase : '',
	};
}

/** Of a key that is encrypted the old way two lines stand before the data. */
const PARTS = /^\s*(?:(Proc-Type: \S+)\s+(DEK-Info: \S+))?(.*)$/;

/** The fields of the credential have one line: what is pasted there loses its line ends, without which nobody can read it. */
export function pemText(value: unknown): string {
	const text = typeof value === 'string' ? value.trim() : '';
	if (/[\r\n]/.test(text)) return text;
	return text.replaceAll(
		/-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----\s*/g,
		(_, label: string, body: string) => {
			const [, type, info, data = ''] = PARTS.exec(body.replaceAll('\\n', ' ')) ?? [];
			const head = type && info ? [type, info, ''] : [];
			const lines = [...head, ...(data.replaceAll(/\s/g, '').match(/.{1,64}/g) ?? [])];
			return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
		},
	);
}

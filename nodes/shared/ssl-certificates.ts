/** Certificates for an endpoint, by n8n's own credential: whoever has one for the HTTP Request node uses it here. */
import type { IDisplayOptions, INodeProperties, INodeTypeDescription } from 'n8n-workflow';
import { ConfigError, type EndpointSettings, type SecretRef } from '../../core/index';
import { readCredential, type CredentialContext } from './credentials';

const TYPE = 'httpSslAuth';
const SHOWN = 'SSL Certificates';

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
 * Entry of a node's `credentials`. It names the parameter that stands after its own, whatever that says: the editor shows the choice of all
 * credentials above the last parameter that one of them names.
 */
export const sslCredential: NonNullable<INodeTypeDescription['credentials']>[number] = {
	name: TYPE,
	displayName: SHOWN,
	required: true,
	displayOptions: { show: { [SSL_PARAMETER]: [true], proxyAuthentication: [true, false] } },
};

/**
 * @param keep puts a secret aside and gives what stands in its place
 * @throws ConfigError for a credential that cannot be read, or has neither an authority nor certificate and key
 */
export async function readSslCertificates(
	context: CredentialContext,
	keep: (name: string, secret: string) => SecretRef,
	index?: number,
): Promise<Pick<EndpointSettings, 'ca' | 'clientCertificate'>> {
	const fields = await readCredential<Record<string, unknown>>(context, TYPE, SHOWN, index);
	const [ca, cert, key] = ['ca', 'cert', 'key'].map((name) => pemText(fields[name])) as [
		string,
		string,
		string,
	];
	const { passphrase } = fields;
	if (ca + cert + key === '' || (cert === '') !== (key === '')) {
		throw new ConfigError(`credentials.${TYPE}`, 'a CA, or a certificate together with its key');
	}
	const at = (name: string): string => `credentials.${TYPE}.${name}`;
	return {
		...(ca === '' ? {} : { ca }),
		...(cert === ''
			? {}
			: {
					clientCertificate: {
						cert,
						key: keep(at('key'), key),
						...(typeof passphrase === 'string' && passphrase !== ''
							? { passphrase: keep(at('passphrase'), passphrase) }
							: {}),
					},
				}),
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

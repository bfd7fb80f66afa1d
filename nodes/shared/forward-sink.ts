import type { ResolveSecret, SecretRef, SinkConfig } from '../../core/index';
import { credentialHeaders, signatureSecrets, type CredentialContext } from './credentials';

/** Where something is forwarded to, and the secrets that it names. */
export interface ForwardSink {
	readonly config: SinkConfig<'http'>;
	readonly resolveSecret: ResolveSecret;
	/** Tells targets apart that differ by a secret alone; for memory only. */
	readonly key: string;
}

/**
 * An endpoint by the parameters of a node and, where these ask for them, its credentials.
 *
 * @param o.index of the item, where there are items
 * @throws ConfigError for a credential that cannot be read
 */
export async function forwardSink(
	context: CredentialContext,
	{
		sendHeader,
		sign,
		index,
		...settings
	}: Omit<SinkConfig<'http'>, 'kind' | 'headers' | 'signatures'> & {
		/** Sends the header of the header credential. */
		readonly sendHeader: boolean;
		/** Signs with the signature credential, in this header; default that of core. */
		readonly sign: false | { readonly header?: string | undefined };
		readonly index?: number;
	},
): Promise<ForwardSink> {
	const secrets = new Map<string, string>();
	const keep = (name: string, secret: string): SecretRef => {
		secrets.set(name, secret);
		return { secretRef: name };
	};
	const given = sendHeader ? await credentialHeaders(context, index) : {};
	const headers = Object.fromEntries(
		Object.entries(given).map(([name, value]) => [
			name,
			keep('credentials.sluiceHttpHeaderApi', value),
		]),
	);
	const [secret = ''] = sign ? await signatureSecrets(context, index) : [];
	const config: SinkConfig<'http'> = {
		kind: 'http',
		...settings,
		headers,
		...(sign
			? {
					signatures: [
						{
							kind: 'body-jwt',
							secrets: [keep('credentials.sluiceSignatureApi', secret)],
							header: sign.header,
						},
					],
				}
			: {}),
	};
	return {
		config,
		resolveSecret: (name) => secrets.get(name),
		key: JSON.stringify([config, [...secrets]]),
	};
}

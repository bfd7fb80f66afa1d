import type { ResolveSecret, SecretRef, SignatureConfig, SinkConfig } from '../../core/index';
import { credentialHeaders, signatureSecrets, type CredentialContext } from './credentials';
import { readScheme } from './schemes';

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
		signWith,
		signWithOptions,
		index,
		...settings
	}: Omit<SinkConfig<'http'>, 'kind' | 'headers' | 'signatures'> & {
		/** Sends the header of the header credential. */
		readonly sendHeader: boolean;
		/** A scheme that signs with the signature credential, or `none`. */
		readonly signWith: unknown;
		readonly signWithOptions: unknown;
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
	const signatures: SignatureConfig[] = [];
	if (asksToSign(signWith)) {
		signatures.push(
			await readScheme('signWith', signWith, signWithOptions, async () => {
				const [newest, ...former] = await signatureSecrets(context, index);
				const name = 'credentials.sluiceSignatureApi';
				return [
					keep(name, newest),
					...former.map((secret) => keep(`${name}.previousSecret`, secret)),
				];
			}),
		);
	}
	const config: SinkConfig<'http'> = {
		kind: 'http',
		...settings,
		headers,
		signatures,
	};
	return {
		config,
		resolveSecret: (name) => secrets.get(name),
		key: JSON.stringify([config, [...secrets]]),
	};
}

/** Hidden parameters are absent. */
function asksToSign(signWith: unknown): boolean {
	return signWith !== undefined && signWith !== null && signWith !== 'none';
}

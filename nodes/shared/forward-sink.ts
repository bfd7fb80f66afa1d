import {
	toEndpoint,
	validateSinkConfig,
	type AuthConfig,
	type EndpointSettings,
	type ResolveSecret,
	type SecretRef,
	type SettingPath,
	type SignatureConfig,
	type SinkConfig,
} from '../../core/index';
import { signatureSecrets, type CredentialContext } from './credentials';
import { readAuth } from './forward-auth';
import { readScheme } from './schemes';

/** Where something is forwarded to, and the secrets that it names. */
export interface ForwardSink {
	readonly config: SinkConfig<'http'>;
	readonly resolveSecret: ResolveSecret;
	/** Tells targets apart that differ by a secret alone; for memory only. */
	readonly key: string;
}

/** What the parameters of a node say. */
interface ForwardParameters extends Pick<SinkConfig<'http'>, 'origin'> {
	/** Before the names of the parameters, for messages: empty, or `buffers[1].` */
	readonly place: string;
	readonly settings: EndpointSettings;
	/** By which it authenticates at the endpoint. */
	readonly auth: AuthConfig['kind'] | undefined;
	/** A scheme that signs with the signature credential, or `none`. */
	readonly signWith: string | null | undefined;
	readonly signWithOptions: unknown;
	/** Of the item, where there are items. */
	readonly index?: number;
}

/**
 * An endpoint by the parameters of a node and, where these ask for them, its credentials.
 *
 * @throws ConfigError naming parameter and bound; for a credential that cannot be read
 */
export async function forwardSink(
	context: CredentialContext,
	{ place, settings, origin, auth, signWith, signWithOptions, index }: ForwardParameters,
): Promise<ForwardSink> {
	const secrets = new Map<string, string>();
	const keep = (name: string, secret: string): SecretRef => {
		secrets.set(name, secret);
		return { secretRef: name };
	};
	const signatures: SignatureConfig[] = [];
	// Hidden parameters are absent.
	if (signWith !== undefined && signWith !== null && signWith !== 'none') {
		signatures.push(
			await readScheme(`${place}signWith`, signWith, signWithOptions, async () => {
				const [newest, ...former] = await signatureSecrets(context, index);
				const name = 'credentials.sluiceSignatureApi';
				return [
					keep(name, newest),
					...former.map((secret) => keep(`${name}.previousSecret`, secret)),
				];
			}),
		);
	}
	const at: SettingPath = (name) => (name === 'url' ? `${place}url` : `options.${name}`);
	const endpoint = toEndpoint(settings, at);
	const config: SinkConfig<'http'> = {
		...endpoint,
		origin,
		...(auth === undefined
			? {}
			: { auth: await readAuth(context, auth, { url: endpoint.url, keep, index }) }),
		signatures,
	};
	validateSinkConfig(config, place.slice(0, -1));
	return {
		config,
		resolveSecret: (name) => secrets.get(name),
		key: JSON.stringify([config, [...secrets]]),
	};
}

import {
	checkRows,
	createTarget,
	ofEndpoint,
	toEndpoint,
	type AuthConfig,
	type EndpointSettings,
	type HttpTarget,
	type ResolveSecret,
	type SecretRef,
	type SettingPath,
	type SignatureConfig,
	type SinkConfig,
} from '../../core/index';
import { signatureSecrets, type CredentialContext } from './credentials';
import { credentialPlace, readAuth } from './forward-auth';
import { headersOf, type RequestOptions } from './request-options';
import { readScheme } from './schemes';
import { PROXY_PARAMETER, readProxyAuthentication } from './proxy-authentication';
import { readSslCertificates, SSL_PARAMETER } from './ssl-certificates';

/** Where something is forwarded to, and the secrets that it names. */
export interface ForwardSink {
	readonly config: SinkConfig<'http'>;
	readonly resolveSecret: ResolveSecret;
	/** The endpoint itself. @throws ConfigError naming the parameter, for a secret that cannot be used */
	open(): HttpTarget;
	/** Tells targets apart that differ by a secret alone; for memory only. */
	readonly key: string;
}

/** What the parameters of a node say. */
interface ForwardParameters extends Pick<SinkConfig<'http'>, 'origin'> {
	/** Before the names of the parameters, for messages: empty, or `buffers[1].` */
	readonly place: string;
	/** How the dialog calls its settings. */
	readonly at: SettingPath;
	readonly settings: EndpointSettings & RequestOptions;
	/** By which it authenticates at the endpoint. */
	readonly auth: AuthConfig['kind'] | undefined;
	/** Whether it uses certificates of a credential. */
	readonly ssl: boolean;
	/** How the node authenticates at endpoints, be it here or not. */
	readonly nodeAuth?: AuthConfig['kind'] | undefined;
	/** Whether its proxy is given a user. */
	readonly proxyAuth: boolean;
	/** A scheme that signs with the signature credential, or `none`. */
	readonly signWith: string | null | undefined;
	readonly signWithOptions: unknown;
	/** Of the rows, where there are any. */
	readonly rows?: Parameters<typeof checkRows>[1];
	/** Of the item, where there are items. */
	readonly index?: number;
}

/** Where that is set what is none of the options. */
const OF_OTHERS: Readonly<Record<string, string>> = {
	ca: SSL_PARAMETER,
	clientCertificate: SSL_PARAMETER,
	proxyUser: PROXY_PARAMETER,
	proxyPassword: PROXY_PARAMETER,
	signatures: 'signWith',
};

/**
 * An endpoint by the parameters of a node and, where these ask for them, its credentials.
 *
 * @throws ConfigError naming parameter and bound; for a credential that cannot be read
 */
export async function forwardSink(
	context: CredentialContext,
	o: ForwardParameters,
): Promise<ForwardSink> {
	const { place, settings, origin, auth, signWith, signWithOptions, rows, index } = o;
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
	const at: SettingPath = (name) => {
		if (name.startsWith('auth') && auth !== undefined) return credentialPlace(auth);
		return OF_OTHERS[name] ?? o.at(name);
	};
	const certificates = o.ssl ? await readSslCertificates(context, keep, index) : {};
	const { proxy, proxyUrl } = settings;
	const proxyUser = o.proxyAuth
		? await readProxyAuthentication(context, {
				...{ proxy, proxyUrl, at, keep, index },
				forwardAuth: o.nodeAuth ?? auth,
			})
		: {};
	const endpoint = toEndpoint({ ...settings, ...certificates, ...proxyUser }, at);
	// Whatever people put into a header, it may be a key; so no value is stored.
	const headers = headersOf(settings, at).map(
		({ name, value }) => [name, keep(`headers[${JSON.stringify(name)}]`, value)] as const,
	);
	const config: SinkConfig<'http'> = {
		...endpoint,
		origin,
		...(headers.length > 0 ? { headers: Object.fromEntries(headers) } : {}),
		...(auth === undefined
			? {}
			: { auth: await readAuth(context, auth, { url: endpoint.url, keep, index }) }),
		signatures,
	};
	const resolveSecret: ResolveSecret = (name) => secrets.get(name);
	if (rows) ofEndpoint(() => checkRows(config, rows, ''), at);
	return {
		config,
		resolveSecret,
		open: () => ofEndpoint(() => createTarget(config, { resolveSecret }, ''), at),
		key: JSON.stringify([config, [...secrets]]),
	};
}

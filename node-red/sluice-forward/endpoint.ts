import type { NodeAPI, NodeDef } from 'node-red';
import {
	ConfigError,
	toAuth,
	toEndpoint,
	type AuthSecret,
	type AuthSettings,
	type EndpointSettings,
	type ResolveSecret,
	type SchemeSettings,
	type SecretRef,
	type SettingPath,
	type SinkConfig,
} from '../../core/index';
import type { SavedHeader } from '../runtime/forward-headers';
import { proxyOf } from '../runtime/proxy-node';
import { signatureRefs } from '../runtime/schemes';
import { signatureSecret } from '../runtime/secrets';
import { tlsOf } from '../runtime/tls-node';
import { headersOf, secretHeader, type ForwardNode } from './headers';

/** Where it goes, as the dialog saves it. */
export interface EndpointConfig
	extends
		Omit<EndpointSettings, 'send' | 'proxyUrl' | 'proxyUser' | 'ca' | 'clientCertificate'>,
		AuthSettings {
	readonly secret?: string;
	readonly signatures?: readonly SchemeSettings[];
	readonly headers?: readonly SavedHeader[];
	/** A `tls-config` node of Node-RED. */
	readonly tls?: string;
	/** An `http proxy` node of Node-RED. */
	readonly httpProxy?: string;
}

/** Where batches of the own buffer go. */
export interface Destination<Kind extends 'http' | 'opendatasoft' = 'http' | 'opendatasoft'> {
	readonly sink: SinkConfig<Kind>;
	readonly resolveSecret: ResolveSecret;
}

export type Endpoint = Destination<'http'>;

/** What leaves in one request. */
type Send = NonNullable<EndpointSettings['send']>;

/** How the dialog calls what it takes from other nodes. */
const NAMES: Readonly<Record<string, string>> = {
	proxyUrl: 'httpProxy',
	proxyUser: 'httpProxy',
	proxyPassword: 'httpProxy',
	proxyExcept: 'httpProxy',
	clientCertificate: 'tls',
};

export const inForward: SettingPath = (name) => NAMES[name] ?? name;

/**
 * The endpoint of a node, whatever is sent to it in one request.
 *
 * @throws ConfigError naming the dialog's field, never a secret; so does the function
 */
export function endpointOf(
	RED: NodeAPI,
	node: ForwardNode,
	config: NodeDef & EndpointConfig,
): (send: Send) => Endpoint {
	const kept = new Map<string, string>();
	const keeper =
		(owner: string) =>
		(name: string, secret: string): SecretRef => {
			kept.set(`${owner}:${name}`, secret);
			return { secretRef: `${owner}:${name}` };
		};
	const settings: EndpointSettings = {
		...config,
		...proxyOf(RED, config, keeper('http proxy')),
		...tlsOf(RED, config.tls, keeper('tls-config')),
	};
	const auth = toAuth(config, (name) => credential(node, name, keeper('auth')), inForward);
	const headers = headersOf(RED, node, config.headers);
	const signatures = signatureRefs(RED, config.signatures, config.secret);
	return (send) => ({
		sink: {
			...toEndpoint({ ...settings, send }, inForward),
			origin: 'literal',
			allowHttp: true,
			...(auth ? { auth } : {}),
			headers,
			signatures,
		},
		resolveSecret: (name) =>
			kept.get(name) ?? signatureSecret(RED, name) ?? secretHeader(node, name),
	});
}

/** Node-RED gives no credentials object to a node that has none. */
function credential(
	node: ForwardNode,
	name: AuthSecret,
	keep: (name: string, secret: string) => SecretRef,
): SecretRef {
	const value = (node.credentials as ForwardNode['credentials'] | undefined)?.[name];
	if (typeof value === 'string' && value !== '') return keep(name, value);
	throw new ConfigError(
		name,
		'a value; copied and imported flows come without it, so fill it in again',
	);
}

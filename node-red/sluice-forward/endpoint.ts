import type { NodeAPI, NodeDef } from 'node-red';
import {
	toAuth,
	toEndpoint,
	type AuthSettings,
	type EndpointSettings,
	type ResolveSecret,
	type SchemeSettings,
	type SettingPath,
	type SinkConfig,
} from '../../core/index';
import type { SavedHeader } from '../runtime/forward-headers';
import { proxyOf } from '../runtime/proxy-node';
import { signatureRefs } from '../runtime/schemes';
import { signatureSecret } from '../runtime/secrets';
import { tlsOf } from '../runtime/tls-node';
import { headersOf, secretHeader, type ForwardNode } from './headers';
import { credential, KeptSecrets } from './kept-secrets';

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
	const kept = new KeptSecrets();
	const settings: EndpointSettings = {
		...config,
		...proxyOf(RED, config, kept.keeper('http proxy')),
		...tlsOf(RED, config.tls, kept.keeper('tls-config')),
	};
	const auth = toAuth(config, (name) => credential(node, name, kept.keeper('auth')), inForward);
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

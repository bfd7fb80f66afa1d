import type { Node, NodeAPI } from 'node-red';
import { ConfigError, type EndpointSettings, type SecretRef } from '../../core/index';

/** Node-RED's own `http proxy`, as its `http request` uses it. */
interface ProxyNode extends Node<{ username?: string; password?: string }> {
	readonly url?: string;
	readonly noproxy?: readonly string[];
}

type ProxySettings = Pick<
	EndpointSettings,
	'proxy' | 'proxyUrl' | 'proxyUser' | 'proxyPassword' | 'proxyExcept'
>;

/**
 * The proxy that a dialog has chosen.
 *
 * @param keep puts a secret aside and gives what stands in its place
 * @throws ConfigError naming the dialog's field, for a node that is gone
 */
export function proxyOf(
	RED: NodeAPI,
	config: Pick<EndpointSettings, 'proxy'> & { readonly httpProxy?: string },
	keep: (name: string, secret: string) => SecretRef,
): ProxySettings {
	const { proxy } = config;
	if (proxy !== 'server') return proxy === undefined ? {} : { proxy };
	if (!config.httpProxy) throw new ConfigError('httpProxy', 'an http proxy to be chosen');
	const node = RED.nodes.getNode(config.httpProxy) as ProxyNode | null;
	if (!node) throw new ConfigError('httpProxy', 'an http proxy that exists and is enabled');
	const { username = '', password = '' } = (node.credentials ?? {}) as ProxyNode['credentials'];
	return {
		proxy,
		proxyUrl: node.url ?? '',
		proxyUser: username,
		...(password === '' ? {} : { proxyPassword: keep('password', password) }),
		proxyExcept: (node.noproxy ?? []).join(','),
	};
}

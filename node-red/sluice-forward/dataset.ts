import type { NodeAPI, NodeDef } from 'node-red';
import { ConfigError, toDataset, type DatasetSettings } from '../../core/index';
import { proxyOf } from '../runtime/proxy-node';
import { tlsOf } from '../runtime/tls-node';
import { inForward, type Destination } from './endpoint';
import type { ForwardNode } from './headers';

/** A dataset of Opendatasoft, as the dialog saves it. */
export type DatasetConfig = Omit<
	DatasetSettings,
	'proxyUrl' | 'proxyUser' | 'ca' | 'clientCertificate'
> & {
	/** A `tls-config` node of Node-RED. */
	readonly tls?: string;
	/** An `http proxy` node of Node-RED. */
	readonly httpProxy?: string;
};

/** @throws ConfigError naming the dialog's field, never the key */
export function datasetOf(
	RED: NodeAPI,
	node: ForwardNode,
	config: NodeDef & DatasetConfig,
): Destination<'opendatasoft'> {
	const kept = new Map<string, string>();
	const keeper = (owner: string) => (name: string, secret: string) => {
		kept.set(`${owner}:${name}`, secret);
		return { secretRef: `${owner}:${name}` };
	};
	// Node-RED gives no credentials object to a node that has none.
	const { pushKey } = (node.credentials as ForwardNode['credentials'] | undefined) ?? {};
	if (typeof pushKey !== 'string' || pushKey === '')
		throw new ConfigError(
			'pushKey',
			'a value; copied and imported flows come without it, so fill it in again',
		);
	const settings = {
		...config,
		...proxyOf(RED, config, keeper('http proxy')),
		...tlsOf(RED, config.tls, keeper('tls-config')),
	};
	const sink = toDataset(settings, keeper('node')('pushKey', pushKey), inForward);
	return {
		sink: { ...sink, origin: 'literal', allowHttp: true },
		resolveSecret: (name) => kept.get(name),
	};
}

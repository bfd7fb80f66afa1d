import type { NodeAPI, NodeDef } from 'node-red';
import { toDataset, type DatasetSettings } from '../../core/index';
import { proxyOf } from '../runtime/proxy-node';
import { tlsOf } from '../runtime/tls-node';
import { inForward, type Destination } from './endpoint';
import type { ForwardNode } from './headers';
import { credential, KeptSecrets } from './kept-secrets';

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
	const kept = new KeptSecrets();
	const settings = {
		...config,
		...proxyOf(RED, config, kept.keeper('http proxy')),
		...tlsOf(RED, config.tls, kept.keeper('tls-config')),
	};
	const sink = toDataset(settings, credential(node, 'pushKey', kept.keeper('node')), inForward);
	return {
		sink: { ...sink, origin: 'literal', allowHttp: true },
		resolveSecret: (name) => kept.get(name),
	};
}

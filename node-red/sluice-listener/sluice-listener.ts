import type { Node, NodeAPI, NodeDef } from 'node-red';
import { ConfigError, toListener, type ListenerSettings } from '../../core/index';
import type { ListenerNode } from '../runtime/own-port';
import { textOf } from '../runtime/secrets';
import { serverTlsOf } from '../runtime/tls-node';

interface ListenerConfig extends NodeDef, Omit<ListenerSettings, 'passphrase' | 'metricsToken'> {
	/** Of Node-RED's own. */
	readonly tlsNode?: string;
}

/** Credentials are as people filled them in. */
interface ListenerSecrets {
	readonly passphrase: unknown;
	readonly metricsToken: unknown;
}

/** `sluice-listener`: a port of our own; opened by the receivers that choose it. */
export default function register(RED: NodeAPI): void {
	RED.nodes.registerType(
		'sluice-listener',
		function (this: Node<ListenerSecrets>, config: ListenerConfig) {
			RED.nodes.createNode(this, config);
			const secrets = this.credentials as ListenerSecrets | undefined;
			// What is wrong is told to the receivers that use it: they show it.
			const listen: ListenerNode['listen'] = (path) => toPort(RED, config, secrets, path);
			Object.assign(this, { listen });
		},
		{ credentials: { passphrase: { type: 'password' }, metricsToken: { type: 'password' } } },
	);
}

/** @throws ConfigError naming the field */
function toPort(
	RED: NodeAPI,
	config: ListenerConfig,
	secrets: ListenerSecrets | undefined,
	path: string,
): ReturnType<ListenerNode['listen']> {
	const { port, host, prefix, idleTimeoutSeconds, maxConnections, tls, tlsNode } = config;
	const { certFile, keyFile, caFile, healthPath, readyPath, metricsPath } = config;
	const [passphrase, metricsToken] = [secrets?.passphrase, secrets?.metricsToken].map(textOf);
	const settings = { port, host, prefix, idleTimeoutSeconds, maxConnections, tls };
	const files = { certFile, keyFile, caFile, passphrase };
	const probes = { healthPath, readyPath, metricsPath, metricsToken };
	const asked = toListener({ ...settings, ...files, ...probes, path }, undefined, () =>
		serverTlsOf(RED, tlsNode),
	);
	if (!asked) throw new ConfigError('port', 'the port of the sluice listener to be filled in');
	return asked;
}

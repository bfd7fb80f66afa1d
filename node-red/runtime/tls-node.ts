import type { Node, NodeAPI } from 'node-red';
import {
	ConfigError,
	type EndpointSettings,
	type ListenerTls,
	type SecretRef,
} from '../../core/index';

/** Node-RED's own `tls-config`, as far as we use it. */
interface TlsNode extends Node {
	readonly valid?: boolean;
	addTLSOptions?(options: TlsOptions): TlsOptions;
}

interface TlsOptions {
	readonly ca?: string | Uint8Array;
	readonly cert?: string | Uint8Array;
	readonly key?: string | Uint8Array;
	readonly pfx?: unknown;
	readonly passphrase?: string;
	readonly servername?: string;
	readonly ALPNProtocols?: unknown;
	readonly rejectUnauthorized?: boolean;
}

/** What a TLS node says. @throws ConfigError for one that is gone, incomplete, or has no PEM */
function readTlsNode(
	RED: NodeAPI,
	id: string,
): { readonly options: TlsOptions; readonly refuse: (expected: string) => ConfigError } {
	const node = RED.nodes.getNode(id) as TlsNode | null;
	if (!node?.addTLSOptions)
		throw new ConfigError('tls', 'a TLS configuration that exists and is enabled');
	const refuse = (expected: string): ConfigError =>
		new ConfigError('tls', `${expected} in the TLS configuration "${node.name || id}"`);
	// What it could not read it has logged.
	if (node.valid === false) throw refuse('certificates and keys that can be read');
	const options = node.addTLSOptions({});
	if (options.pfx !== undefined) throw refuse('certificate and key as PEM, not as PFX');
	return { options, refuse };
}

/**
 * What a port of our own speaks TLS with: the files that the chosen TLS node names, so that they are looked at again, else the texts it has.
 *
 * @throws ConfigError for a node that is gone or incomplete
 */
export function serverTlsOf(RED: NodeAPI, id: string | undefined): ListenerTls {
	if (!id) throw new ConfigError('tls', 'a TLS configuration to be chosen');
	const { options, refuse } = readTlsNode(RED, id);
	const [ca, cert, key] = [options.ca, options.cert, options.key].map(textOf);
	if (!cert || !key) throw refuse('a certificate and its key');
	const passphrase = options.passphrase ? { passphrase: options.passphrase } : {};
	const [certFile, keyFile, caFile] = filesOf(RED, id);
	if (certFile && keyFile && Boolean(caFile) === Boolean(ca))
		return { certFile, keyFile, ...(caFile ? { caFile } : {}), ...passphrase };
	return { cert, key, ...(ca ? { ca } : {}), ...passphrase };
}

/** Certificate, key and CA, where they are paths; one that the environment gives is read by Node-RED alone. */
function filesOf(RED: NodeAPI, id: string): readonly (string | undefined)[] {
	let found: Record<string, unknown> = {};
	RED.nodes.eachNode((config) => {
		if (config.id === id) found = { ...config };
	});
	return ['cert', 'key', 'ca'].map((name) => {
		const path = String(found[name] ?? '').trim();
		return path === '' || path.includes('${') ? undefined : path;
	});
}

/**
 * Certificates of the chosen TLS node: those to trust, and the one by which the endpoint knows us.
 *
 * @param keep puts a secret aside and gives what stands in its place
 * @throws ConfigError naming the dialog's field: for a node that is gone or incomplete, and for what we would not do as it says
 */
export function tlsOf(
	RED: NodeAPI,
	id: string | undefined,
	keep: (name: string, secret: string) => SecretRef,
): Pick<EndpointSettings, 'ca' | 'clientCertificate'> {
	if (!id) return {};
	const { options, refuse } = readTlsNode(RED, id);
	if (options.rejectUnauthorized === false)
		throw refuse('"verify server certificate" to be on, and the CA of the server');
	if (options.servername || options.ALPNProtocols)
		throw refuse('no server name and no ALPN protocol');
	const [ca, cert, key] = [options.ca, options.cert, options.key].map(textOf);
	if (ca && !ca.includes('-----BEGIN ')) throw refuse('the CA as PEM');
	return {
		...(ca ? { ca } : {}),
		...(cert && key
			? {
					clientCertificate: {
						cert,
						key: keep('key', key),
						...(options.passphrase ? { passphrase: keep('passphrase', options.passphrase) } : {}),
					},
				}
			: {}),
	};
}

function textOf(pem: string | Uint8Array | undefined): string {
	return pem === undefined ? '' : Buffer.from(pem as Uint8Array).toString('utf8');
}

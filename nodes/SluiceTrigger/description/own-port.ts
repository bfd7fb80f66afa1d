import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import {
	CONNECTIONS,
	grouped,
	IDLE_TIMEOUT_MS,
	inSeconds,
	LISTENER,
	PORT,
} from '../../../core/index';
import { optionsCollection } from '../../shared/options-collection';

const IDLE = inSeconds(IDLE_TIMEOUT_MS);
const OWN_PORT = { startOn: ['pushedEvents'], listenOn: ['ownPort'] };
const SHARED = 'Triggers that share a port need the same.';

/** Where the certificate of the own port comes from the credential. */
export const OWN_TLS_PLACE: IDisplayOptions = { show: { ...OWN_PORT, ownTls: ['given'] } };

/** Where pushes come in. Each option is called as in core's settings. */
export const listenParameters: readonly INodeProperties[] = [
	{
		displayName: 'Listen On',
		name: 'listenOn',
		type: 'options',
		default: 'webhook',
		noDataExpression: true,
		displayOptions: { show: { startOn: ['pushedEvents'] } },
		options: [
			{ name: 'Webhook URL', value: 'webhook', description: 'The address that n8n gives' },
			{
				name: 'Webhook URL and a Port of Its Own',
				value: 'ownPort',
				description: 'Many times cheaper per event, with TLS, health and metrics of its own',
			},
		],
		description: 'In queue mode the leading main has the port',
	},
	{
		displayName: 'Port',
		name: 'ownPort',
		type: 'number',
		typeOptions: { minValue: PORT.min, maxValue: PORT.max },
		default: 8080,
		noDataExpression: true,
		displayOptions: { show: OWN_PORT },
		description:
			'That nothing else on this machine uses. Triggers may share one; they are told apart by their paths.',
	},
	{
		displayName: 'TLS of the Port',
		name: 'ownTls',
		type: 'options',
		default: 'off',
		noDataExpression: true,
		displayOptions: { show: OWN_PORT },
		options: [
			{
				name: 'Certificate From a Credential',
				value: 'given',
				description: 'SSL Certificates of n8n; a changed one is taken when you publish again',
			},
			{
				name: 'Certificate From Files',
				value: 'files',
				description: 'A renewed certificate is taken without a restart',
			},
			{ name: 'Off (HTTP)', value: 'off' },
		],
		description: `What the port speaks. ${SHARED}`,
	},
	file('Certificate File', 'ownCertFile', {
		placeholder: 'e.g. /etc/sluice/tls.crt',
		description:
			'PEM, the whole path: the certificate of the server, and behind it those that lead to an authority. Looked at every 10 seconds.',
	}),
	file('Key File', 'ownKeyFile', {
		placeholder: 'e.g. /etc/sluice/tls.key',
		description: 'PEM without a passphrase, the whole path',
	}),
	optionsCollection({
		displayName: 'Port Options',
		name: 'ownPortOptions',
		displayOptions: { show: OWN_PORT },
		options: [
			{
				displayName: 'Connections',
				name: 'maxConnections',
				type: 'number',
				typeOptions: { minValue: CONNECTIONS.min, maxValue: CONNECTIONS.max },
				default: CONNECTIONS.fallback,
				description: `At once; more are closed as they come. ${SHARED}`,
			},
			text('Health Path', 'healthPath', {
				default: LISTENER.healthPath,
				description: `200 as long as the process answers; empty is off. ${SHARED}`,
			}),
			text('Host', 'host', {
				default: LISTENER.host,
				description:
					'Address to listen on. 127.0.0.1 is this machine alone, in a container the container: use 0.0.0.0 there, and publish the port.',
			}),
			{
				displayName: 'Idle Timeout (Seconds)',
				name: 'idleTimeoutSeconds',
				type: 'number',
				typeOptions: { minValue: IDLE.min, maxValue: IDLE.max },
				default: IDLE.fallback,
				description: `How long a connection stays open without a request, ${IDLE.min} to ${grouped(IDLE.max)}. Give more than the keep-alive time of a proxy or balancer before it.`,
			},
			text('Metrics Path', 'metricsPath', {
				default: LISTENER.metricsPath,
				description: `For Prometheus; there only where SLUICE_METRICS_TOKEN is set in the environment of n8n, which is shown as a bearer. ${SHARED}`,
			}),
			text('Path', 'path', {
				default: LISTENER.path,
				description:
					'Exact path on the port; with a secret in the URL the webhook ID follows as one more segment',
			}),
			text('Readiness Path', 'readyPath', {
				default: LISTENER.readyPath,
				description: `200 while pushes are taken, else 503 with the codes of why not; empty is off. ${SHARED}`,
			}),
			text("Senders' CA File", 'caFile', {
				displayOptions: { show: { '/ownTls': ['files'] } },
				description:
					'PEM, the whole path. With one, senders must show a certificate that it has signed.',
			}),
		],
	}),
];

function text(
	displayName: string,
	name: string,
	more: Partial<INodeProperties>,
): Omit<INodeProperties, 'noDataExpression'> {
	return { displayName, name, type: 'string', default: '', ...more };
}

function file(displayName: string, name: string, more: Partial<INodeProperties>): INodeProperties {
	return {
		displayName,
		name,
		type: 'string',
		default: '',
		required: true,
		noDataExpression: true,
		displayOptions: { show: { ...OWN_PORT, ownTls: ['files'] } },
		...more,
	};
}

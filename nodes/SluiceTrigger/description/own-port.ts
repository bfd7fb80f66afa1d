import type { INodeProperties } from 'n8n-workflow';
import {
	CONNECTIONS,
	grouped,
	IDLE_TIMEOUT_MS,
	inSeconds,
	LISTENER,
	PORT,
} from '../../../core/index';

const IDLE = inSeconds(IDLE_TIMEOUT_MS);
const FILES = { show: { ownTls: ['files'] } };
const SHARED = 'Triggers that share a port need the same.';

/** Of a port of the Trigger's own; in the order of the alphabet, as n8n wants it. All who name the same port share it. */
export const ownPortOptions: readonly INodeProperties[] = [
	text('Own Certificate File', 'ownCertFile', {
		displayOptions: FILES,
		placeholder: 'e.g. /etc/sluice/tls.crt',
		description:
			'PEM, the whole path. Looked at every 10 seconds: a renewed certificate is taken without a restart.',
	}),
	{
		displayName: 'Own Connections',
		name: 'ownMaxConnections',
		type: 'number',
		typeOptions: { minValue: CONNECTIONS.min, maxValue: CONNECTIONS.max },
		default: CONNECTIONS.fallback,
		noDataExpression: true,
		description: `Connections to the own port at once; more are closed as they come. ${SHARED}`,
	},
	text('Own Health Path', 'ownHealthPath', {
		default: LISTENER.healthPath,
		description: `On the own port, 200 as long as the process answers; empty is off. ${SHARED}`,
	}),
	text('Own Host', 'ownHost', {
		default: LISTENER.host,
		description:
			'Address to listen on, with Own Port. 127.0.0.1 is this machine alone, in a container the container: use 0.0.0.0 there, and publish the port.',
	}),
	{
		displayName: 'Own Idle Timeout (Seconds)',
		name: 'ownIdleTimeoutSeconds',
		type: 'number',
		typeOptions: { minValue: IDLE.min, maxValue: IDLE.max },
		default: IDLE.fallback,
		noDataExpression: true,
		description: `How long a connection to the own port stays open without a request, ${IDLE.min} to ${grouped(IDLE.max)}. Give more than the keep-alive time of a proxy or balancer before it.`,
	},
	text('Own Key File', 'ownKeyFile', {
		displayOptions: FILES,
		placeholder: 'e.g. /etc/sluice/tls.key',
		description: 'PEM without a passphrase, the whole path',
	}),
	text('Own Metrics Path', 'ownMetricsPath', {
		default: LISTENER.metricsPath,
		description: `On the own port, for Prometheus; there only where SLUICE_METRICS_TOKEN is set in the environment of n8n, which is shown as a bearer. ${SHARED}`,
	}),
	text('Own Path', 'ownPath', {
		default: LISTENER.path,
		description:
			'Exact path on the own port; with a secret in the URL the webhook ID follows as one more segment',
	}),
	{
		displayName: 'Own Port',
		name: 'ownPort',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: PORT.max },
		default: 0,
		noDataExpression: true,
		description:
			'Also listen on a port of our own, many times cheaper per event than the webhook URL; 0 is off. In queue mode the leading main has it.',
	},
	text('Own Readiness Path', 'ownReadyPath', {
		default: LISTENER.readyPath,
		description: `On the own port, 200 while pushes are taken, else 503 with the codes of why not; empty is off. ${SHARED}`,
	}),
	text("Own Senders' CA File", 'ownCaFile', {
		displayOptions: FILES,
		description:
			'PEM, the whole path. With one, senders must show a certificate that it has signed.',
	}),
	{
		displayName: 'Own TLS',
		name: 'ownTls',
		type: 'options',
		default: 'off',
		noDataExpression: true,
		options: [
			{ name: 'Certificate From Files', value: 'files' },
			{ name: 'Off (HTTP)', value: 'off' },
		],
		description: `What the own port speaks. ${SHARED}`,
	},
];

function text(displayName: string, name: string, more: Partial<INodeProperties>): INodeProperties {
	return { displayName, name, type: 'string', default: '', noDataExpression: true, ...more };
}

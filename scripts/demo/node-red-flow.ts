import { READING } from './reading';

/** Node ids of the demo's flow that others name. */
export const IDS = {
	tab: 'demo-tab',
	secret: 'demo-secret',
	sensors: 'demo-sensors',
	collector: 'demo-collector',
} as const;

/** Paths that are pushed to. */
export const SENSORS_PATH = '/sluice/sensors';
export const COLLECT_PATH = '/sluice/collect';

/**
 * receiver (signed pushes, three columns, 50 rows or 5 s) → forward (signed) → a second receiver that verifies it → its flow
 * reports the sensor event ids to the demo process, then acks.
 */
export function demoFlow(nodeRedUrl: string, reportUrl: string): object[] {
	const tab = { z: IDS.tab };
	return [
		{ id: IDS.tab, type: 'tab', label: 'Sluice demo', disabled: false, info: '' },
		{ id: IDS.secret, type: 'sluice-secret', name: 'demo secret', configVersion: 1 },
		{
			...tab,
			id: IDS.sensors,
			type: 'sluice-receiver',
			name: 'sensors',
			path: SENSORS_PATH,
			auth: [{ kind: 'body-jwt' }],
			secret: IDS.secret,
			maxBodyBytes: 1048576,
			store: '',
			buffers: [
				{
					id: 'readings',
					label: 'readings',
					data: 'columns',
					columns: [
						{ type: 'path', name: 'eventId', path: 'event.eventId' },
						{ type: 'datetime', name: 'receivedAt' },
						{
							type: 'template',
							name: 'reading',
							template: { language: 'jsonnet', content: READING },
						},
					],
					count: 50,
					time: '5s',
					size: '5MB',
					done: 'auto',
					ackTimeoutSeconds: 60,
					retryDelays: '1s, 2s, 5s, 10s, 30s, 1m',
					onMappingError: 'reject',
				},
			],
			outputs: 1,
			configVersion: 1,
			x: 140,
			y: 80,
			wires: [['demo-forward']],
		},
		{
			...tab,
			id: 'demo-forward',
			type: 'sluice-forward',
			name: 'to the collector',
			url: `${nodeRedUrl}${COLLECT_PATH}`,
			secret: IDS.secret,
			signatures: [{ kind: 'body-jwt' }],
			headers: [{ name: 'X-Demo', value: 'sluice' }],
			timeoutSeconds: 10,
			retryDelays: '1s, 2s, 5s, 10s, 30s, 1m',
			allowedCidrs: '',
			store: '',
			configVersion: 1,
			x: 380,
			y: 80,
			wires: [[]],
		},
		{
			...tab,
			id: IDS.collector,
			type: 'sluice-receiver',
			name: 'collector',
			path: COLLECT_PATH,
			auth: [{ kind: 'body-jwt' }],
			secret: IDS.secret,
			maxBodyBytes: 1048576,
			store: '',
			buffers: [
				{
					id: 'batches',
					label: 'batches',
					data: 'event',
					count: 10,
					time: '1s',
					size: '5MB',
					done: 'auto',
					ackTimeoutSeconds: 30,
					retryDelays: '1s, 2s, 5s, 10s, 30s, 1m',
					onMappingError: 'reject',
				},
			],
			outputs: 1,
			configVersion: 1,
			x: 140,
			y: 180,
			wires: [['demo-ids']],
		},
		{
			...tab,
			id: 'demo-ids',
			type: 'function',
			name: 'sensor event ids',
			func: 'msg.payload = msg.payload.flatMap((event) => event.body.map((row) => row.eventId));\nmsg.headers = { "content-type": "application/json" };\nreturn msg;',
			outputs: 1,
			x: 380,
			y: 180,
			wires: [['demo-report']],
		},
		{
			...tab,
			id: 'demo-report',
			type: 'http request',
			name: 'report to the demo',
			method: 'POST',
			ret: 'txt',
			url: reportUrl,
			tls: '',
			persist: false,
			headers: [],
			senderr: false,
			x: 600,
			y: 180,
			wires: [['demo-ack']],
		},
		{
			...tab,
			id: 'demo-ack',
			type: 'sluice-ack',
			name: 'done',
			mode: 'auto',
			configVersion: 1,
			x: 800,
			y: 180,
			wires: [[]],
		},
		{
			...tab,
			id: 'demo-catch',
			type: 'catch',
			name: '',
			scope: ['demo-ids'],
			uncaught: false,
			x: 600,
			y: 240,
			wires: [['demo-ack']],
		},
	];
}

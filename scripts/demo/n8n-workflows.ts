import { randomUUID } from 'node:crypto';
import type { N8nNode, N8nWorkflow } from '../host/n8n-api';
import { READING } from './reading';

type CredentialRef = { readonly id: string; readonly name: string };

const IDS_OF_BATCHES =
	'={{ JSON.stringify($input.all().flatMap((item) => item.json.body.map((row) => row.eventId))) }}';

/** Signed pushes, three columns, 50 rows or 5 s; forwarded, signed. */
export function sensorsWorkflow(collectorUrl: string, signature: CredentialRef): N8nWorkflow {
	const trigger = sluiceTrigger('Sensors', signature, {
		bufferName: 'readings',
		flushCount: 50,
		flushSeconds: 5,
		data: 'columns',
		columns: {
			values: [
				{ name: 'eventId', type: 'path', path: 'event.eventId' },
				{ name: 'receivedAt', type: 'datetime' },
				{ name: 'reading', type: 'template', template: READING },
			],
		},
		then: 'http',
		url: collectorUrl,
		signWith: 'body-jwt',
	});
	return { name: 'Sluice demo: sensors', nodes: [trigger], connections: {}, settings: {} };
}

/** Receives the forwarded batches, verifies them, and reports the sensor event ids to the demo; a failed report comes again. */
export function collectorWorkflow(reportUrl: string, signature: CredentialRef): N8nWorkflow {
	const trigger = sluiceTrigger('Collector', signature, {
		bufferName: 'batches',
		flushCount: 10,
		flushSeconds: 1,
	});
	const report: N8nNode = {
		id: randomUUID(),
		name: 'Report to the demo',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		position: [260, 0],
		executeOnce: true,
		parameters: {
			method: 'POST',
			url: reportUrl,
			sendBody: true,
			specifyBody: 'json',
			jsonBody: IDS_OF_BATCHES,
			options: {},
		},
	};
	return {
		name: 'Sluice demo: collector',
		nodes: [trigger, report],
		connections: {
			[trigger.name]: { main: [[{ node: report.name, type: 'main', index: 0 }]] },
		},
		settings: {},
	};
}

/** Where a workflow's trigger is pushed to. */
export function pathOf({ nodes }: N8nWorkflow): string {
	return `/webhook/${nodes[0]?.webhookId}/events`;
}

function sluiceTrigger(name: string, signature: CredentialRef, parameters: object): N8nNode {
	return {
		id: randomUUID(),
		name,
		type: '@sluice/n8n-nodes-sluice.sluiceTrigger',
		typeVersion: 2,
		position: [0, 0],
		webhookId: randomUUID(),
		parameters: {
			authentication: 'body-jwt',
			...parameters,
			deliveryOptions: { retry: 'list', retryDelays: '1s, 2s, 5s, 10s, 30s, 1m' },
		},
		credentials: { sluiceSignatureApi: signature },
	};
}

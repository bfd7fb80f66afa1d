import { randomUUID } from 'node:crypto';
import type { N8nNode } from '../../scripts/host/n8n-api';

/** Builders of n8n workflows for tests. */
const PACKAGE = '@sluice/n8n-nodes-sluice';

let placed = 0;

export function anN8nNode(
	name: string,
	type: string,
	typeVersion: number,
	parameters: object,
	more: object = {},
): N8nNode {
	return {
		id: randomUUID(),
		name,
		type,
		typeVersion,
		position: [(placed += 200), 0],
		parameters: { ...parameters },
		...more,
	};
}

/** A Sluice Trigger: one buffer of whole events, flushed by the first row, URL secret, quick retries. */
export function aTrigger(
	{
		options = {},
		deliveryOptions = {},
		...parameters
	}: Record<string, unknown> & { options?: object; deliveryOptions?: object } = {},
	credentials: N8nNode['credentials'] = {},
): N8nNode {
	return anN8nNode(
		'Sluice Trigger',
		`${PACKAGE}.sluiceTrigger`,
		2,
		{
			flushCount: 1,
			flushSeconds: 1,
			...asked(credentials),
			...parameters,
			options,
			deliveryOptions: { retry: 'list', retryDelays: '1s, 1s, 1s, 1s, 1s', ...deliveryOptions },
		},
		{ webhookId: randomUUID(), credentials },
	);
}

/** A buffer that is chosen by its name, as the editor keeps it. */
export function located(value: string): object {
	return { __rl: true, mode: 'id', value };
}

/** The Sluice node. */
export function aSluice(parameters: object, credentials: N8nNode['credentials'] = {}): N8nNode {
	return anN8nNode(
		'Sluice',
		`${PACKAGE}.sluice`,
		1,
		{ ...asked(credentials), ...parameters },
		{ credentials },
	);
}

/** A store or header that is given is asked for, unless the parameters say otherwise; attached alone it counts for nothing. */
function asked(credentials: N8nNode['credentials'] = {}): object {
	return {
		...(credentials['sluiceStoreApi'] ? { store: 'credential' } : {}),
		...(credentials['httpHeaderAuth'] ? { forwardAuth: 'header' } : {}),
	};
}

/** An HTTP Request that posts all items of the execution as one JSON list; not 2xx fails the execution. */
export function reportItemsTo(url: string, name = 'Report'): N8nNode {
	return anN8nNode(
		name,
		'n8n-nodes-base.httpRequest',
		4.2,
		{
			method: 'POST',
			url,
			sendBody: true,
			specifyBody: 'json',
			jsonBody: '={{ JSON.stringify($input.all().map((item) => item.json)) }}',
			options: {},
		},
		{ executeOnce: true },
	);
}

/** The built-in Webhook, which answers with what its workflow made. */
export function aWebhook(path: string, parameters: object = {}): N8nNode {
	return anN8nNode(
		'Webhook',
		'n8n-nodes-base.webhook',
		2.1,
		{
			httpMethod: 'POST',
			path,
			responseMode: 'lastNode',
			responseData: 'allEntries',
			options: {},
			...parameters,
		},
		{ webhookId: randomUUID() },
	);
}

/** `wire(a, [b], [c])`: output 0 of a to b, output 1 to c. */
export function wire(from: N8nNode, ...outputs: readonly N8nNode[][]): object {
	const main = outputs.map((targets) =>
		targets.map(({ name }) => ({ node: name, type: 'main', index: 0 })),
	);
	return { [from.name]: { main } };
}

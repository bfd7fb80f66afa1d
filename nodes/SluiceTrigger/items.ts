import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

/** What a batch tells beside its rows. */
export interface BatchFacts {
	readonly batchId: string;
	readonly attempt: number;
}

/**
 * A row as an item. A whole pushed event looks like an item of the Webhook node (`headers, params, query, body`) plus `sluice`, so
 * that expressions written for that node go on working; a mapped row, and an item of a workflow, is the item's `json`.
 */
export function itemOf(
	record: unknown,
	isWholeEvent: boolean,
	facts: BatchFacts,
): INodeExecutionData {
	if (!isWholeEvent) return { json: asObject(record) };
	const { id, receivedAt, headers, query, body } = record as Record<string, unknown>;
	return {
		json: {
			headers: asObject(headers),
			params: {},
			query: asObject(query ?? {}),
			body: body as IDataObject,
			sluice: { id, receivedAt, ...facts } as IDataObject,
		},
	};
}

/** n8n's items are objects; anything else is put under `data`. */
function asObject(value: unknown): IDataObject {
	if (typeof value === 'object' && value !== null && !Array.isArray(value))
		return value as IDataObject;
	return { data: value as IDataObject[string] };
}

import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { shownAlert, type Alert } from '../../core/index';

/** What a batch tells beside its rows. */
export interface BatchFacts {
	readonly batchId: string;
	readonly attempt: number;
}

/** What a record of a batch is as an item. */
export type ToItem = (record: unknown, facts: BatchFacts) => INodeExecutionData;

/**
 * A whole pushed event looks like an item of the Webhook node (`headers, params, query, body`) plus `sluice`, so that expressions
 * written for that node go on working.
 */
export const eventItem: ToItem = (record, facts) => {
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
};

/** A mapped row, and an item of a workflow, is the item's `json`. */
export const rowItem: ToItem = (record) => ({ json: asObject(record) });

/** An alert, by the words of both hosts. */
export const alertItem: ToItem = (record) =>
	rowOf(shownAlert((record as { readonly body: Alert }).body));

/** What is told, and is no record. */
export function rowOf(told: object): INodeExecutionData {
	return { json: told as IDataObject };
}

/** n8n's items are objects; anything else is put under `data`. */
function asObject(value: unknown): IDataObject {
	if (typeof value === 'object' && value !== null && !Array.isArray(value))
		return value as IDataObject;
	return { data: value as IDataObject[string] };
}

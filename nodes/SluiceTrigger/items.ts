import type { IDataObject, INodeExecutionData, ITriggerFunctions } from 'n8n-workflow';
import { shownAlert, type Alert, type FlowBatch } from '../../core/index';

/** What a batch tells beside its rows. */
export interface BatchFacts {
	readonly batchId: string;
	readonly attempt: number;
	/** Of its rows, where the item is all of them. */
	readonly count?: number;
}

/** All rows of a batch in one, as an item; a file is its binary `data`. */
export async function writtenItem(
	{ helpers }: { readonly helpers: Pick<ITriggerFunctions['helpers'], 'prepareBinaryData'> },
	written: NonNullable<FlowBatch['written']>,
	facts: BatchFacts,
): Promise<INodeExecutionData> {
	const { contentType, fileName } = written;
	const json = { fileName, contentType, sluice: { ...facts } };
	if (written.as === 'text') return { json: { text: written.text, ...json } };
	const bytes = Buffer.from(written.bytes);
	// Its parameters, such as a charset, are no part of the type of a file.
	const [mimeType] = contentType.split(';');
	const data = await helpers.prepareBinaryData(bytes, fileName, mimeType);
	return { json, binary: { data } };
}

/** What a record of a batch is as an item. */
export type ToItem = (record: unknown, facts: BatchFacts) => INodeExecutionData;

/**
 * A whole pushed event looks like an item of the Webhook node (`headers, params, query, body`) plus `sluice`, so that expressions
 * written for that node go on working.
 */
export const eventItem: ToItem = (record, facts) => {
	const { id, receivedAt, stale, replay, headers, query, body } = record as Record<string, unknown>;
	return {
		json: {
			headers: asObject(headers),
			params: {},
			query: asObject(query ?? {}),
			body: body as IDataObject,
			sluice: {
				id,
				receivedAt,
				...(stale ? { stale } : {}),
				...(replay ? { replay } : {}),
				...facts,
			} as IDataObject,
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

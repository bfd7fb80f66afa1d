import type { IDataObject } from 'n8n-workflow';
import { compileMapping, createEvent, type Event, type Mapping } from '../../../core/index';
import { columnsOf, type ColumnParameters } from '../../shared/buffer-parameters';
import { readField } from '../fields';
import { eachItem, inputItem, type Operation } from '../run';

/** Replaces each item by its record. */
export const map: Operation = async (context) => {
	let mapping: Mapping | undefined;
	return eachItem(context, async (index) => {
		mapping ??= compileMapping({ columns: savedColumns(context.getNode().parameters['columns']) });
		const { json } = inputItem(context, index);
		const field =
			context.getNodeParameter('source', index, 'item') === 'field'
				? (context.getNodeParameter('sourceField', index, 'body') as string)
				: undefined;
		return [{ json: mapping.renderRecord(eventOf(json, field)) as IDataObject }];
	});
};

/** As the node keeps them: columns hold no expressions, and are compiled once. */
function savedColumns(parameter: unknown): ReturnType<typeof columnsOf> {
	const { values } = (parameter ?? {}) as { values?: ColumnParameters[] };
	return columnsOf(values, 'columns');
}

/** A field is the body of what was received, and the item's `headers` are its headers. */
function eventOf(json: IDataObject, field: string | undefined): Event {
	if (field === undefined) return createEvent({ body: json });
	const value = readField(json, field, 'sourceField');
	const { 'content-type': contentType, ...headers } = headersOf(json);
	if (typeof value !== 'string') {
		// What was parsed is JSON now, whatever it was sent as.
		return createEvent({ body: value ?? null, headers });
	}
	return createEvent({
		body: value,
		headers: { ...headers, 'content-type': contentType ?? 'application/json' },
	});
}

function headersOf({ headers }: IDataObject): Record<string, string> {
	if (typeof headers !== 'object' || headers === null) return {};
	return Object.fromEntries(
		Object.entries(headers).flatMap(([name, value]) =>
			typeof value === 'string' ? [[name.toLowerCase(), value]] : [],
		),
	);
}

import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import {
	tableDdl,
	textList,
	toColumns,
	type Column,
	type TableSettings,
} from '../../../core/index';
import type { DatabaseParameters } from '../../shared/table-database';
import { TABLE_OPTIONS, type TableNowOptions } from '../../shared/table-options';
import { tableSink, type TableSink } from '../../shared/table-sink';
import { deliverItems, fieldsOf, pairedWith, readItems, type ItemRecord } from '../deliver-items';
import { refused, type Operation } from '../run';

/**
 * All items in one transaction. Where the node stops on errors one item that the table cannot take keeps all of them out of it; where it
 * goes on, the others are loaded.
 */
export const loadTable: Operation = (context) =>
	parameter<TableNowOptions>(context, 'tableOptions', {}).onlyShow === true
		? showStatement(context)
		: deliverItems(context, {
				async open(items) {
					const { config, columns, databases } = await tableOf(context, items);
					return { config, columns, ports: { databases } };
				},
				show(taken) {
					const json = { table: parameter(context, 'table', ''), rows: taken.length };
					return [{ json, pairedItem: pairedWith(taken) }];
				},
			});

/** By which the table would be made. */
async function showStatement(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const { items, output } = readItems(context);
	if (items.length === 0) return output;
	try {
		const { config, columns, kind } = await tableOf(context, items);
		const statement = tableDdl(kind, config, columns.map(asColumn));
		const json = { table: config.table, statement };
		return [...output, { json, pairedItem: pairedWith(items) }];
	} catch (error) {
		return [...output, ...items.map(({ index }) => refused(context, error, index))];
	}
}

/** @throws ConfigError */
async function tableOf(
	context: IExecuteFunctions,
	items: readonly ItemRecord[],
): Promise<TableSink & { readonly columns: readonly string[] }> {
	const columns = columnsOf(context, items);
	const table = await tableSink(context, settingsOf(context), {
		at: (name) => (TABLE_OPTIONS.includes(name) ? `tableOptions.${name}` : name),
		rows: { output: 'record', columns: columns.map(asColumn) },
	});
	return { ...table, columns };
}

function asColumn(name: string): Column {
	return { type: 'path', name, path: '' };
}

function settingsOf(context: IExecuteFunctions): TableSettings & DatabaseParameters {
	const { onlyShow: _, ...tableOptions } = parameter<TableNowOptions>(context, 'tableOptions', {});
	return {
		...tableOptions,
		onBadRow: context.continueOnFail() ? 'aside' : 'refuse',
		database: parameter(context, 'database', 'sqlite'),
		databaseFile: parameter(context, 'databaseFile', ''),
		table: parameter(context, 'table', ''),
		primaryKey: parameter(context, 'primaryKey', ''),
		columnTypes: parameter<{ values?: TableSettings['columnTypes'] }>(context, 'columnTypes', {})
			.values,
	};
}

/** @throws ConfigError for none, and for more than a table may have */
function columnsOf(context: IExecuteFunctions, items: readonly ItemRecord[]): readonly string[] {
	const isChosen = parameter<string>(context, 'tableColumns', 'auto') === 'chosen';
	const names = isChosen ? textList(parameter(context, 'columnNames', '')) : fieldsOf(items);
	toColumns({ data: 'columns', columns: names.map(asColumn) }, () =>
		isChosen ? 'columnNames' : 'tableColumns',
	);
	return names;
}

/** Of the first item: they are the same for all. */
function parameter<T>(context: IExecuteFunctions, name: string, fallback: T): T {
	return context.getNodeParameter(name, 0, fallback as never) as T;
}

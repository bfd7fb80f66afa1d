/** The dialogs of sluice-table and sluice-file: where to, which rows, and what becomes of messages that are no batch. */
import * as check from './check';
import { buildDataForm, type DataForm } from './data-form';
import { buildDdl } from './ddl';
import { checkDestination } from './destination-checks';
import { closed, fillDefaults, isOpen, opened } from './dialog';
import { feedingFaults, feedingNow } from './feeding';
import { prepareFolds, typed } from './form';
import {
	buildMappingErrorField,
	type MappingErrorField,
	type OnMappingError,
} from './mapping-error-field';
import { checkNode } from './node-templates';
import { element, type EditorNode } from './red';
import { buildRetryField } from './retry-field';
import { dialogSample } from './sample';
import { buildSamplePanel } from './sample-panel';
import { showWhere } from './show-where';
import { buildTableColumns, type KnownColumns, type TableColumnsForm } from './table-columns';
import { buildTabs } from './tabs';
import { buildTestDelivery, stopTestDelivery } from './test-delivery';

interface Open {
	readonly data: DataForm;
	readonly onError: MappingErrorField;
	columns?: TableColumnsForm;
}

let open: Open | undefined;

function input(name: string): JQuery {
	return $(`#node-input-${name}`);
}

/** Whether a row of a buffer may take the place of an earlier one. */
type NeedsOrder = Parameters<typeof feedingFaults>[1]['needsOrder'];

interface Kind {
	readonly says: string;
	readonly to: 'table' | 'file';
	/** How the row of a sample is written there. */
	readonly written: () => { readonly batchFormat: string; readonly batchCsvHeader: boolean };
	readonly needsColumns: () => boolean;
	/** Builds what the kind alone has. @returns shows it anew */
	readonly build: (
		node: EditorNode,
		data: DataForm,
		changed: () => void,
	) => {
		readonly refresh: () => void;
		readonly needsOrder: NeedsOrder;
		readonly columns?: TableColumnsForm;
	};
}

function dialogOf({ says, to, written, needsColumns, build }: Kind) {
	return {
		prepare(this: void, node: EditorNode): void {
			opened(node);
			fillDefaults(node);
			let refresh = (): void => {};
			const rows = $('#sluice-rows');
			const data = buildDataForm(
				rows,
				node as Partial<check.DataSettings>,
				['batch', 'fields', 'columns'],
				() => refresh(),
			);
			const onError = buildMappingErrorField(
				rows,
				(node['onMappingError'] as OnMappingError | undefined) ?? 'dead',
				'batches',
			);
			const feeding = element('<div>').attr('role', 'status').appendTo(rows);
			const panel = buildSamplePanel(data.beside, {
				nodeId: node.id,
				sample: dialogSample(node),
				...{ hasLast: false, to },
				mapping: () => ({ ...mappingOf(data), batchAs: 'text', ...written() }),
				showCells: (cells) => data.showCells(cells),
			});
			const made = build(node, data, () => refresh());
			open = { data, onError, ...(made.columns ? { columns: made.columns } : {}) };
			refresh = (): void => {
				const chosen = data.read().data;
				onError.show(chosen);
				data.beside.toggle(chosen !== 'batch');
				panel.refresh();
				made.refresh();
				feeding.empty();
				const about = { takesBatches: chosen === 'batch', needsColumns: needsColumns() };
				for (const words of feedingFaults(feedingNow(node), { ...about, ...made }))
					element('<div>', 'sluice-warning', words).appendTo(feeding);
			};
			refresh();
			buildRetryField(input('retryDelays'));
			buildTestDelivery($('#sluice-page-test'), node, says);
			const form = $('#dialog-form');
			showWhere(form, input);
			input('time').on('change', () => void input('idle').trigger('change'));
			form.on('change', 'select, input', () => refresh());
			prepareFolds(form);
			buildTabs($('#sluice-tabs'), $('#sluice-pages'), (id) =>
				node._def._(`${node.type}.tab.${id.replace('sluice-page-', '')}`),
			);
		},
		save(this: void, node: EditorNode): void {
			const { data, onError, columns } = open ?? {};
			Object.assign(node, data?.read(), columns?.read(), { onMappingError: onError?.read() });
			void checkNode(node);
			forget();
		},
		cancel: forget,
		/** What is wrong with one setting. */
		check(this: void, name: string, value: unknown, node: EditorNode): check.Verdict {
			const settings = (other: string): unknown =>
				isOpen(node) ? typed(input(other)) : node[other];
			return checkDestination(name, value, node._def._(`${node.type}.label.${name}`), settings);
		},
		checkData(this: void, node: EditorNode): true | readonly string[] {
			return check.all(check.data(node as Partial<check.DataSettings>));
		},
	};
}

function forget(this: void): void {
	closed();
	stopTestDelivery();
	open = undefined;
}

/** The dialog of sluice-file. */
export const file = dialogOf({
	says: 'test.fileHint',
	to: 'file',
	written: () => ({
		batchFormat: typed(input('fileFormat')),
		batchCsvHeader: input('fileCsvHeader').is(':checked'),
	}),
	needsColumns: () => typed(input('fileFormat')) === 'csv',
	build: () => ({ refresh() {}, needsOrder: () => false }),
});

/** The dialog of sluice-table. */
export const table = dialogOf({
	says: 'test.tableHint',
	to: 'table',
	written: () => ({ batchFormat: 'csv', batchCsvHeader: true }),
	needsColumns: () => true,
	build(node, data, changed) {
		const saved = {
			columnTypes: node['columnTypes'] as [],
			primaryKey: Array.isArray(node['primaryKey']) ? (node['primaryKey'] as string[]) : [],
		};
		const columns = buildTableColumns($('#sluice-table-columns'), saved, {
			known: () => knownColumns(node, data),
			changed,
		});
		const refreshDdl = buildDdl($('#sluice-table-ddl'), () => {
			const kind = kindOf(typed(input('database')));
			if (kind === undefined) return undefined;
			const { names, marked: keys } = knownColumns(node, data);
			const shown = { ...data.read(), ...columns.read(), names, keys };
			return { kind, table: typed(input('table')), ...shown };
		});
		return {
			columns,
			refresh() {
				columns.refresh();
				refreshDdl();
			},
			needsOrder: ({ primaryKey }) =>
				typed(input('load')) === 'full' ||
				columns.read().primaryKey.length > 0 ||
				(data.read().data === 'batch' && primaryKey.length > 0),
		};
	},
});

/** Of rows that are taken as they come there is nothing to show. */
function mappingOf(data: DataForm): object {
	const { data: chosen, ...lists } = data.read();
	return { data: chosen === 'batch' ? 'event' : chosen, ...lists };
}

function knownColumns(node: EditorNode, data: DataForm): KnownColumns {
	const { data: kind, ...lists } = data.read();
	if (kind === 'fields' || kind === 'columns')
		return { names: lists[kind].map(({ name }) => name), marked: [], isOpen: false };
	const feeding = feedingNow(node);
	return {
		names: [...new Set(feeding.flatMap((one) => one.columns))],
		marked: [...new Set(feeding.flatMap((one) => one.primaryKey))],
		isOpen: true,
	};
}

/** Of a database that is chosen. */
function kindOf(id: string): unknown {
	const node = RED.nodes.node(id);
	return node ? (node['kind'] ?? 'sqlite') : undefined;
}

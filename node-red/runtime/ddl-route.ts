import type { NodeAPI } from 'node-red';
import {
	checkChoice,
	CoreError,
	DATABASE_KINDS,
	processShared,
	tableDdl,
	toColumns,
	toTable,
	type Column,
	type DataSettings,
	type TableSettings,
} from '../../core/index';

/** The statement, or why there is none. */
export type DdlAnswer = { readonly ddl: string } | { readonly error: string };

/** A process may hold more than one Node-RED. */
function served(): WeakSet<object> {
	return processShared('table-ddl', () => new WeakSet());
}

/**
 * `POST sluice/table-ddl` of the admin API: the statement by which a table would be made, of what a dialog holds now. Opens no database.
 * Whoever may read flows may ask, since the editor shows them nothing without that.
 */
export function serveTableDdl(RED: NodeAPI): void {
	if (served().has(RED.httpAdmin)) return;
	served().add(RED.httpAdmin);
	RED.httpAdmin.post(
		'/sluice/table-ddl',
		RED.auth.needsPermission('flows.read'),
		(request, response, next) => {
			try {
				response.json(ddlOf(request.body));
			} catch (error) {
				next(error);
			}
		},
	);
}

/** @param body `{kind, names?, …}` with the settings of a table and its columns; `names`: those of the batches, where the node has none */
export function ddlOf(body: unknown): DdlAnswer {
	const { kind, names, keys, data, ...settings } = Object(body) as TableSettings &
		Omit<DataSettings, 'data'> & {
			readonly kind?: unknown;
			readonly names?: unknown;
			readonly keys?: unknown;
			readonly data?: 'batch' | 'fields' | 'columns';
		};
	try {
		const columns = data === 'batch' ? namedColumns(names, keys) : toColumns({ ...settings, data });
		const rows = { output: 'record', columns } as const;
		const sink = toTable(settings, { database: '-', rows });
		return { ddl: tableDdl(checkChoice(kind, 'database', DATABASE_KINDS), sink, columns) };
	} catch (error) {
		if (!(error instanceof CoreError)) throw error;
		return { error: error.message };
	}
}

function namedColumns(names: unknown, keys: unknown): readonly Column[] {
	const marked = Array.isArray(keys) ? (keys as unknown[]) : [];
	return (Array.isArray(names) ? names : []).map((name: unknown) => ({
		...{ type: 'path', name: String(name) },
		...(marked.includes(name) ? { primaryKey: true } : {}),
	}));
}

import type { Node, NodeAPI, NodeDef } from 'node-red';
import { tableDdl, toTable, type SettingPath, type TableSettings } from '../../core/index';
import { databaseOf } from '../runtime/database-node';
import { rowsOf, startDestination, type DestinationSettings } from '../runtime/destination-node';
import type { FeedingBuffer } from '../runtime/feeding-buffers';
import { startNode } from '../runtime/start-node';

export interface TableNodeConfig extends NodeDef, DestinationSettings, TableSettings {
	/** A sluice-database node. */
	readonly database?: string;
}

const sameName: SettingPath = (name) => name;

/** Loads batches as a whole, each once, and messages by its own buffer. */
export function startTable(RED: NodeAPI, node: Node, config: TableNodeConfig): void {
	startNode(node, (status, onClose) => {
		const database = databaseOf(RED, config.database);
		const rows = rowsOf(config, true);
		const known = rows.output && { output: rows.output, columns: rows.columns };
		const sink = toTable(config, { database: database.name, rows: known });
		// What the database could not hold is told now, and not by the first batch.
		if (rows.columns) tableDdl(database.kind, sink, rows.columns);
		const marked = rows.columns?.filter(({ primaryKey }) => primaryKey);
		const needsOrder = ({ primaryKey }: FeedingBuffer): boolean =>
			sink.load === 'full' || (sink.primaryKey ?? marked ?? primaryKey).length > 0;
		startDestination({
			...{ RED, node, status, onClose, settings: config, sink, rows, needsOrder, at: sameName },
			label: node.name || 'sluice table',
			ports: { databases: database.resolve },
			ofDialog: (work) => work(),
		});
	});
}

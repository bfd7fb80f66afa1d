import type { Node, NodeAPI } from 'node-red';
import { ConfigError, type ResolveDatabase, type TableDatabaseConfig } from '../../core/index';

/** A sluice-database node. */
export interface DatabaseNode extends Node {
	/** @throws ConfigError naming the field that is wrong, never with the password */
	tableDatabase(): TableDatabaseConfig;
}

/** A database as tables name it. */
export interface ChosenDatabase {
	/** Shown to people. */
	readonly name: string;
	readonly kind: TableDatabaseConfig['kind'];
	readonly resolve: ResolveDatabase;
}

/** The database that a node has chosen. @throws ConfigError where there is none, it is disabled, or wrong */
export function databaseOf(RED: NodeAPI, id: string | undefined): ChosenDatabase {
	if (!id) throw new ConfigError('database', 'a sluice database to be chosen');
	const node = RED.nodes.getNode(id) as DatabaseNode | null;
	if (!node?.tableDatabase)
		throw new ConfigError('database', 'a sluice database node that exists and is enabled');
	const config = node.tableDatabase();
	const name = node.name || 'sluice database';
	return { name, kind: config.kind, resolve: (asked) => (asked === name ? config : undefined) };
}

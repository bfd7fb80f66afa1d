import path from 'node:path';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { toDatabase, type DatabaseSettings, type TableDatabaseConfig } from '../../core/index';
import type { DatabaseNode } from '../runtime/database-node';
import { serveTryDatabase } from '../runtime/try-database-route';

type DatabaseConfig = NodeDef & Omit<DatabaseSettings, 'user' | 'password'>;

/** Credentials are as people filled them in. */
interface Login {
	readonly user: unknown;
	readonly password: unknown;
}

/** Of databases that name no file; all of them are the same. */
const USUAL_FILE = 'sluice-tables.db';

/** `sluice-database`: says where tables are; opened by the nodes that load them. */
export default function register(RED: NodeAPI): void {
	serveTryDatabase(RED);
	RED.nodes.registerType(
		'sluice-database',
		function (this: Node<Login>, config: DatabaseConfig) {
			RED.nodes.createNode(this, config);
			const login = this.credentials as Login | undefined;
			// What is wrong is told to the nodes that use the database: they show it.
			const tableDatabase: DatabaseNode['tableDatabase'] = () => toConfig(RED, config, login);
			Object.assign(this, { tableDatabase });
		},
		{ credentials: { user: { type: 'text' }, password: { type: 'password' } } },
	);
}

/** @throws ConfigError naming the field */
function toConfig(
	RED: NodeAPI,
	config: DatabaseConfig,
	login: Login | undefined,
): TableDatabaseConfig {
	const { kind, file, host, port, database, ssl, schemas } = config;
	const [user, password] = [login?.user, login?.password].map((one) => String(one ?? ''));
	const folder = RED.settings.userDir ?? process.cwd();
	return toDatabase(
		{ kind, file, host, port, database, ssl, schemas, user, password },
		{ folder, file: path.join(folder, USUAL_FILE) },
	);
}

import type { Node, NodeAPI, NodeDef } from 'node-red';
import path from 'node:path';
import { keepFree, postgresConnectionString, type StoreOptions } from '../../core/index';
import { storeDirectory, type StoreNode } from '../runtime/attach';

interface StoreConfig extends NodeDef {
	readonly kind?: 'sqlite' | 'postgres' | 'memory';
	readonly directory?: string;
	/** Whole MB; empty: the store decides. */
	readonly keepFreeMb?: string | number;
	readonly host?: string;
	readonly port?: string;
	readonly database?: string;
	readonly ssl?: string;
	readonly schema?: string;
}

/** Credentials are as people filled them in. */
interface Login {
	readonly user: unknown;
	readonly password: unknown;
}

/** `sluice-store`: says where rows are kept; opened by the nodes that use it. */
export default function register(RED: NodeAPI): void {
	RED.nodes.registerType(
		'sluice-store',
		function (this: Node<Login>, config: StoreConfig) {
			RED.nodes.createNode(this, config);
			const login = this.credentials as Login | undefined;
			// What is wrong is told to the nodes that use the store: they show it.
			const storeOptions: StoreNode['storeOptions'] = () => toOptions(RED, config, login);
			Object.assign(this, { storeOptions });
		},
		{ credentials: { user: { type: 'text' }, password: { type: 'password' } } },
	);
}

/** @throws ConfigError naming the field */
function toOptions(RED: NodeAPI, config: StoreConfig, login: Login | undefined): StoreOptions {
	if (config.kind === 'memory') return { kind: 'memory', name: config.id };
	if (config.kind === 'postgres') {
		const { host, port, database, ssl, schema } = config;
		const [user, password] = [login?.user, login?.password].map((one) => String(one ?? ''));
		const place = { host, port, database, ssl, user, password };
		const connectionString = postgresConnectionString(place);
		return { kind: 'postgres', connectionString, schema: schema?.trim() || undefined };
	}
	const directory = config.directory?.trim();
	return {
		kind: 'sqlite',
		directory: directory
			? path.resolve(RED.settings.userDir ?? '.', directory)
			: storeDirectory(RED, config.id),
		...keepFree(config.keepFreeMb),
	};
}

import type { Node, NodeAPI, NodeDef } from 'node-red';
import { toStore, type StoreOptions, type StoreSettings } from '../../core/index';
import { storeDirectory, type StoreNode } from '../runtime/attach';

type StoreConfig = NodeDef & Omit<StoreSettings, 'user' | 'password' | 'connectionString'>;

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
	const [user, password] = [login?.user, login?.password].map((one) => String(one ?? ''));
	const { kind, directory, keepFreeMb, host, port, database, ssl, schema } = config;
	return toStore(
		{ kind, directory, keepFreeMb, host, port, database, ssl, schema, user, password },
		{
			folder: RED.settings.userDir ?? '.',
			directory: storeDirectory(RED, config.id),
			name: config.id,
		},
	);
}

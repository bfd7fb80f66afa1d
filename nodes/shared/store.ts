import type {
	IExecuteFunctions,
	ILoadOptionsFunctions,
	ITriggerFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import { homedir } from 'node:os';
import path from 'node:path';
import {
	ConfigError,
	holdPipeline,
	type Logger,
	type PipelineHold,
	type StoreOptions,
} from '../../core/index';
import { asksForCredential, storeCredential } from './credentials';
import { storeOptions, type StoreCredential } from './store-options';

/** What of a node's context is needed to find its store. */
export type StoreContext = Pick<
	IExecuteFunctions | ILoadOptionsFunctions | ITriggerFunctions | IWebhookFunctions,
	'getCredentials' | 'getNode' | 'logger'
>;

/**
 * The store of a node: the default directory, or what its `sluiceStoreApi` credential says where the parameter `store` asks for it.
 * A credential that is merely attached counts for nothing.
 *
 * @throws ConfigError
 */
export async function storeOf(context: StoreContext): Promise<StoreOptions> {
	const { store } = context.getNode().parameters;
	const isChosen = asksForCredential('store', store, 'default');
	return usableStore(isChosen ? await storeCredential(context) : undefined);
}

/**
 * Opens the pipeline over the node's store (`storeOf`). Release it with
 * `release()`; the last holder closes the store half a minute later, since requests may still come (N63).
 *
 * @throws ConfigError in queue mode without PostgreSQL, and for a credential that cannot work
 */
export async function openPipelineFor(context: StoreContext): Promise<PipelineHold> {
	return holdPipeline({ store: await storeOf(context), logger: loggerOf(context) });
}

/**
 * The store that this n8n can use.
 *
 * @throws ConfigError for an embedded one in queue mode, where `webhook()`, `trigger()` and the nodes of an execution run in
 *   different processes, and a directory has one owner (N70, S16)
 */
export function usableStore(credential: StoreCredential | undefined): StoreOptions {
	const options = storeOptions(credential, n8nFolder());
	if (options.kind === 'sqlite' && isQueueMode()) {
		throw new ConfigError(
			'store',
			'"From a Credential" and a "Sluice Store API" credential with PostgreSQL: n8n runs in queue mode, where several processes share the store, and the embedded one belongs to a single process',
		);
	}
	return options;
}

/** `n8n worker` is in queue mode whatever its environment says [C `n8n/dist/commands/worker.js`]. */
export function isQueueMode(): boolean {
	return process.env['EXECUTIONS_MODE'] === 'queue' || process.argv[2] === 'worker';
}

/** Where events are kept when nothing is chosen. */
export function defaultDirectory(): string {
	return path.join(n8nFolder(), 'sluice', 'default');
}

export function n8nFolder(): string {
	return path.join(process.env['N8N_USER_FOLDER'] || homedir(), '.n8n');
}

export function loggerOf({ logger }: Pick<StoreContext, 'logger'>): Logger {
	return {
		debug: (message) => logger.debug(message),
		info: (message) => logger.info(message),
		warn: (message) => logger.warn(message),
		error: (message) => logger.error(message),
	};
}

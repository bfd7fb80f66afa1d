import type { IExecuteFunctions, ITriggerFunctions, IWebhookFunctions } from 'n8n-workflow';
import { homedir } from 'node:os';
import path from 'node:path';
import { ConfigError, holdPipeline, type Logger, type PipelineHold } from '../../core/index';

/** What of a node's context is needed to find its store. */
export type StoreContext = Pick<
	IExecuteFunctions | ITriggerFunctions | IWebhookFunctions,
	'getCredentials' | 'getNode' | 'logger'
>;

/**
 * Opens the pipeline over the node's store: the directory of its `sluiceStoreApi` credential, or the default one. Release it with
 * `release()`; the last holder closes the store half a minute later, since requests may still come (N63).
 *
 * @throws ConfigError in queue mode, where `webhook()` and `trigger()` run in different processes (N70, S16)
 */
export async function openPipelineFor(context: StoreContext): Promise<PipelineHold> {
	if (process.env['EXECUTIONS_MODE'] === 'queue') {
		throw new ConfigError(
			'store',
			'a store that several processes share: in queue mode the embedded store cannot be used, and the PostgreSQL credential arrives with a later release',
		);
	}
	return holdPipeline({
		store: { kind: 'sqlite', directory: await directoryOf(context) },
		logger: loggerOf(context),
	});
}

async function directoryOf(context: StoreContext): Promise<string> {
	const chosen = context.getNode().credentials?.['sluiceStoreApi'];
	if (!chosen) return defaultDirectory();
	const { directory } = await context.getCredentials<{ directory?: string }>('sluiceStoreApi');
	return directory?.trim() ? path.resolve(n8nFolder(), directory.trim()) : defaultDirectory();
}

/** Beside n8n's own data, never in the package folder, which an update replaces (N35). */
export function defaultDirectory(): string {
	return path.join(n8nFolder(), 'sluice', 'default');
}

function n8nFolder(): string {
	return path.join(process.env['N8N_USER_FOLDER'] || homedir(), '.n8n');
}

function loggerOf({ logger }: StoreContext): Logger {
	return {
		debug: (message) => logger.debug(message),
		info: (message) => logger.info(message),
		warn: (message) => logger.warn(message),
		error: (message) => logger.error(message),
	};
}

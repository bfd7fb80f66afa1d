import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { N8nApi } from './n8n-api';
import { OWNER, startN8nProcess, type N8nOptions, type N8nProcess } from './n8n-process';
import { run } from './run';

export { OWNER, type N8nOptions };

/** The main process of a real n8n. */
export interface N8nHost extends N8nProcess {
	/** Logged in as the owner. */
	readonly api: N8nApi;
}

/** Unpacks a packed tarball where n8n looks for community packages at boot (route 2 of N26). */
export async function installIntoN8n(userFolder: string, tarball: string): Promise<void> {
	const folder = path.join(userFolder, '.n8n/nodes/node_modules/@sluice/n8n-nodes-sluice');
	await mkdir(folder, { recursive: true });
	await run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1'], userFolder);
}

/**
 * Starts n8n and waits until it is ready and the owner is logged in.
 *
 * @param options.webhookUrl who serves production URLs, where that is another process (N67)
 */
export async function startN8n(options: N8nOptions & { webhookUrl?: string }): Promise<N8nHost> {
	const main = await startN8nProcess('start', options);
	try {
		return { ...main, api: await N8nApi.login(main.url, OWNER, options.webhookUrl) };
	} catch (error) {
		await main.kill();
		throw error;
	}
}

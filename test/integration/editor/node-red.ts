import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const READY_WITHIN_MS = 120_000;

/** A node as the flow file holds it. */
export interface SavedNode {
	readonly id: string;
	readonly type: string;
	readonly [property: string]: unknown;
}

/** A real Node-RED that serves its editor, in a user directory of its own. */
export interface NodeRed {
	readonly url: string;
	readFlows(): Promise<SavedNode[]>;
	/** The credentials file as it lies on disk; encrypted. */
	readCredentialsFile(): Promise<string>;
	close(): Promise<void>;
}

/** Starts Node-RED with the built package loaded through nodesDir (R18, R20). */
export async function startNodeRed(
	packageDir: string,
	flows: object[],
	options: {
		/** `red.js` of another version. */
		readonly redScript?: string;
		readonly settings?: Readonly<Record<string, unknown>>;
	} = {},
): Promise<NodeRed> {
	const { redScript = path.join(ROOT, 'node_modules/node-red/red.js') } = options;
	const userDir = await mkdtemp(path.join(tmpdir(), 'sluice-editor-'));
	const port = await freePort();
	await mkdir(path.join(userDir, 'node_modules'), { recursive: true });
	await writeFile(path.join(userDir, 'flows.json'), JSON.stringify(flows));
	await writeFile(path.join(userDir, 'settings.js'), settings(packageDir, options.settings));
	const child = spawn(process.execPath, [redScript, '-u', userDir, '-p', String(port)], {
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	try {
		await started(child);
	} catch (error) {
		child.kill('SIGKILL');
		throw error;
	}
	const read = (name: string): Promise<string> => readFile(path.join(userDir, name), 'utf8');
	return {
		url: `http://127.0.0.1:${port}/`,
		readFlows: async () => JSON.parse(await read('flows.json')) as SavedNode[],
		readCredentialsFile: () => read('flows_cred.json'),
		async close() {
			await stop(child);
			await rm(userDir, { recursive: true, force: true });
		},
	};
}

function settings(packageDir: string, more: Readonly<Record<string, unknown>> = {}): string {
	return `module.exports = ${JSON.stringify({
		flowFile: 'flows.json',
		credentialSecret: 'a fixed secret for tests',
		uiHost: '127.0.0.1',
		telemetry: { enabled: false, updateNotification: false },
		logging: { console: { level: 'info', metrics: false, audit: false } },
		editorTheme: { tours: false, projects: { enabled: false } },
		// Without it the palette manager would ask catalogue.nodered.org.
		externalModules: { palette: { allowInstall: false } },
		nodesDir: [packageDir],
		...more,
	})};`;
}

/** Resolves when the log says so; console logging must be at info for that line to appear (R17). */
function started(child: ChildProcess): Promise<void> {
	return new Promise((resolve, reject) => {
		let log = '';
		const timer = setTimeout(
			() => reject(new Error(`Node-RED was not ready in ${READY_WITHIN_MS} ms:\n${log}`)),
			READY_WITHIN_MS,
		);
		const take = (chunk: Buffer): void => {
			log += chunk.toString();
			if (!log.includes('Started flows')) return;
			clearTimeout(timer);
			resolve();
		};
		child.stdout?.on('data', take);
		child.stderr?.on('data', take);
		child.once('exit', (code) => {
			clearTimeout(timer);
			reject(new Error(`Node-RED ended with ${code}:\n${log}`));
		});
	});
}

async function stop(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null) return;
	const ended = new Promise((resolve) => child.once('exit', resolve));
	const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
	child.kill('SIGTERM');
	await ended;
	clearTimeout(timer);
}

function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			const port = typeof address === 'object' && address ? address.port : 0;
			server.close(() => resolve(port));
		});
	});
}

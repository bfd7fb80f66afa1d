import { spawn } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from './cache';
import { endChild, readLines } from './child';

export interface NodeRedOptions {
	readonly userDir: string;
	readonly port: number;
	readonly flows: readonly object[];
	/** Cleartext credentials by node id; Node-RED encrypts them at its first save. */
	readonly credentials?: Readonly<Record<string, object>>;
	/** Node packages to load from where they are, instead of an install (R20). */
	readonly nodesDir?: readonly string[];
	/** Our own packages that function nodes load; Node-RED installs others at the deploy. */
	readonly modules?: readonly string[];
	/** More lines of settings.js, as properties of its object. */
	readonly settings?: string;
	/** `red.js` of another version. */
	readonly redScript?: string;
	/** Hears every line of its log. */
	readonly onLog?: (line: string) => void;
}

/** A real, headless Node-RED of its own process, on 127.0.0.1. */
export interface NodeRedHost {
	readonly url: string;
	readonly pid: number;
	readonly log: readonly string[];
	/** SIGTERM, then SIGKILL after 20 s. */
	stop(): Promise<void>;
	kill(): Promise<void>;
}

const STARTED_MS = 60_000;

/** Writes the user folder's settings and flows. An existing folder keeps what else is in it. */
export async function prepareUserDir(options: NodeRedOptions): Promise<void> {
	const { userDir, flows, credentials = {}, nodesDir = [], modules = [], settings = '' } = options;
	await mkdir(userDir, { recursive: true });
	if (modules.length > 0) await linkModules(userDir, modules);
	await writeFile(path.join(userDir, 'flows.json'), JSON.stringify(flows, null, '\t'));
	await writeFile(path.join(userDir, 'flows_cred.json'), JSON.stringify(credentials));
	const text = `module.exports = {
	flowFile: 'flows.json',
	credentialSecret: false,
	uiHost: '127.0.0.1',
	nodesDir: ${JSON.stringify(nodesDir)},
	telemetry: { enabled: false, updateNotification: false },
	logging: { console: { level: 'info', metrics: false, audit: false } },
	editorTheme: { tours: false, projects: { enabled: false } },
	${settings}
};\n`;
	await writeFile(path.join(userDir, 'settings.js'), text);
}

/** As if Node-RED had installed them: it loads what its package.json names. */
async function linkModules(userDir: string, modules: readonly string[]): Promise<void> {
	const folder = path.join(userDir, 'node_modules');
	await mkdir(folder, { recursive: true });
	for (const name of modules)
		await symlink(path.join(ROOT, 'node_modules', name), path.join(folder, name));
	const dependencies = Object.fromEntries(modules.map((name) => [name, '*']));
	await writeFile(path.join(userDir, 'package.json'), JSON.stringify({ dependencies }));
}

/** Starts Node-RED in a prepared user folder and waits until its flows have started (R17). */
export async function startNodeRed(
	options: Omit<NodeRedOptions, 'flows' | 'credentials'>,
): Promise<NodeRedHost> {
	const {
		userDir,
		port,
		redScript = path.join(ROOT, 'node_modules/node-red/red.js'),
		onLog,
	} = options;
	const child = spawn(
		process.execPath,
		[redScript, '-u', userDir, '-p', String(port), '-s', path.join(userDir, 'settings.js')],
		{ cwd: userDir, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '' } },
	);
	const log: string[] = [];
	const started = new Promise<void>((resolve, reject) => {
		const timer = setTimeout(
			() => reject(new Error(`Node-RED did not start:\n${log.join('\n')}`)),
			STARTED_MS,
		);
		const hear = (line: string): void => {
			log.push(line);
			onLog?.(line);
			if (/Started flows/.test(line)) {
				clearTimeout(timer);
				resolve();
			}
		};
		readLines(child.stdout, hear);
		readLines(child.stderr, hear);
		child.once('exit', (code) => {
			clearTimeout(timer);
			reject(new Error(`Node-RED ended with ${code}:\n${log.slice(-30).join('\n')}`));
		});
	});
	try {
		await started;
	} catch (error) {
		await endChild(child, 'SIGKILL');
		throw error;
	}
	return {
		url: `http://127.0.0.1:${port}`,
		pid: child.pid ?? 0,
		log,
		stop: () => endChild(child, 'SIGTERM'),
		kill: () => endChild(child, 'SIGKILL'),
	};
}

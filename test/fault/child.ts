import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { WriterOptions } from './writer';

/** A process of its own that runs a script of this folder, and the lines it prints. */
export interface Child {
	readonly process: ChildProcess;
	readonly lines: string[];
	/** Resolves with the first line that begins so; rejects when the process ends before. */
	waitFor(start: string): Promise<string>;
	/** Resolves once the process has ended and all its lines are read. */
	readonly ended: Promise<void>;
}

export function startChild(
	script: string,
	args: readonly string[],
	env: Readonly<Record<string, string>> = {},
): Child {
	const path = join(__dirname, script);
	const child = spawn(process.execPath, ['--import', 'tsx', path, ...args], {
		env: { ...process.env, ...env },
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const lines: string[] = [];
	const listeners = new Set<() => void>();
	const reader = createInterface({ input: child.stdout });
	reader.on('line', (line) => {
		lines.push(line);
		for (const listener of listeners) listener();
	});
	const ended = new Promise<void>((resolve) => reader.on('close', resolve));
	const waitFor = (start: string) =>
		new Promise<string>((resolve, reject) => {
			const look = () => {
				const found = lines.find((line) => line.startsWith(start));
				if (found === undefined) return;
				listeners.delete(look);
				resolve(found);
			};
			listeners.add(look);
			look();
			void ended.then(() => reject(new Error(`the child ended before it printed ${start}`)));
		});
	return { process: child, lines, waitFor, ended };
}

/** Starts writer.ts on a store of any kind. */
export function startWriter(
	options: WriterOptions,
	env: Readonly<Record<string, string>> = {},
): Child {
	return startChild('writer.ts', [JSON.stringify(options)], env);
}

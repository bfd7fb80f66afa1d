import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { bundleOf } from '../support/bundles';
import type { WriterOptions } from './writer';

/** A process of its own that runs a script of this folder, and the lines it prints. */
export interface Child {
	readonly process: ChildProcess;
	readonly lines: string[];
	/** Resolves with the first line that begins so; rejects when the process ends before. */
	waitFor(start: string): Promise<string>;
	/** The same, of a later one; counted from 0. */
	waitForNth(start: string, nth: number): Promise<string>;
	/** Resolves once the process has ended and all its lines are read. */
	readonly ended: Promise<void>;
}

export function startChild(
	script: string,
	args: readonly string[],
	env: Readonly<Record<string, string>> = {},
	stdin: 'ignore' | 'pipe' = 'ignore',
): Child {
	const child = spawn(process.execPath, [bundleOf(`test/fault/${script}`), ...args], {
		env: { ...process.env, ...env },
		stdio: [stdin, 'pipe', 'inherit'],
	});
	assert.ok(child.stdout);
	const lines: string[] = [];
	const listeners = new Set<() => void>();
	const reader = createInterface({ input: child.stdout });
	reader.on('line', (line) => {
		lines.push(line);
		for (const listener of listeners) listener();
	});
	const ended = new Promise<void>((resolve) => reader.on('close', resolve));
	const waitForNth = (start: string, nth: number) =>
		new Promise<string>((resolve, reject) => {
			const look = () => {
				const found = lines.filter((line) => line.startsWith(start))[nth];
				if (found === undefined) return;
				listeners.delete(look);
				resolve(found);
			};
			listeners.add(look);
			look();
			void ended.then(() => reject(new Error(`the child ended before it printed ${start}`)));
		});
	const waitFor = (start: string) => waitForNth(start, 0);
	return { process: child, lines, waitFor, waitForNth, ended };
}

/** Starts writer.ts on a store of any kind. */
export function startWriter(
	options: WriterOptions,
	env: Readonly<Record<string, string>> = {},
): Child {
	return startChild('writer.ts', [JSON.stringify(options)], env);
}

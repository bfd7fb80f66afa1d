import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Ends a process; one that has not ended `lateMs` after the signal is killed. */
export async function endChild(
	child: ChildProcess,
	signal: 'SIGTERM' | 'SIGKILL',
	lateMs = 20_000,
): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const exited = once(child, 'exit');
	child.kill(signal);
	const late = setTimeout(() => child.kill('SIGKILL'), lateMs);
	await exited;
	clearTimeout(late);
}

/** Calls `hear` with every whole line that the stream gives. */
export function readLines(
	stream: NodeJS.ReadableStream | null,
	hear: (line: string) => void,
): void {
	let rest = '';
	stream?.on('data', (chunk: Buffer) => {
		const lines = (rest + chunk.toString()).split('\n');
		rest = lines.pop() ?? '';
		for (const line of lines) hear(line);
	});
}

import { spawn } from 'node:child_process';

/** Runs a command to its end and gives what it printed; a failure carries the last of its output. */
export async function run(
	command: string,
	args: readonly string[],
	cwd: string,
	env: Readonly<Record<string, string>> = {},
): Promise<string> {
	const child = spawn(command, args, {
		cwd,
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { ...process.env, ...env },
	});
	let output = '';
	let errors = '';
	child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
	child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
	const code = await new Promise<number | null>((resolve, reject) => {
		child.on('error', reject);
		child.on('close', resolve);
	});
	if (code !== 0)
		throw new Error(
			`${command} ${args.join(' ')} ended with ${code}:\n${(errors || output).slice(-2_000)}`,
		);
	return output;
}

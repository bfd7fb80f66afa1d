import { readFile } from 'node:fs/promises';
import { argumentsOf, type VerbArguments } from '../core/index';
import { UsageError } from './usage-error';

/**
 * What a dry run is to try: a file with a JSON object, in the words of the verb (`columns`, `filter`, `output`, `event`, `sample`).
 *
 * @throws UsageError naming the file
 */
export async function readChange(file: string): Promise<VerbArguments> {
	const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
		throw new UsageError(`--change ${file} cannot be read (${error.code})`);
	});
	const change = parse(text);
	const names = argumentsOf('dryRun').filter((name) => !['exportId', 'limit'].includes(name));
	const isKnown = (name: string) => names.some((one) => one === name);
	if (!change || !Object.keys(change).every(isKnown)) {
		throw new UsageError(`--change ${file} is a JSON object of ${names.join(', ')}`);
	}
	return change;
}

function parse(text: string): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(text);
		const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
		return isObject ? { ...value } : undefined;
	} catch {
		return undefined;
	}
}

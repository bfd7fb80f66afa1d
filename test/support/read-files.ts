import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Files that are complete, by name. */
export function fileNames(directory: string): string[] {
	return readdirSync(directory, { withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map(({ name }) => name)
		.toSorted();
}

/** The text of each complete file, by name; decompressed. */
export function fileTexts(directory: string): string[] {
	return fileNames(directory).map((name) => {
		const bytes = readFileSync(join(directory, name));
		return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
	});
}

/** The rows of complete NDJSON files, in the order of their names. @throws where one ends within a row */
export function fileRows(directory: string): unknown[] {
	return fileTexts(directory).flatMap((text) => {
		if (!text.endsWith('\n')) throw new Error(`a file ends within a row: ${text.slice(-80)}`);
		return text
			.slice(0, -1)
			.split('\n')
			.map((line) => JSON.parse(line) as unknown);
	});
}

import { checkChoice, checkWhole } from '../../check-value';
import { ConfigError } from '../../errors';
import { FILES } from '../../pure/bounds';
import type { FormatName } from '../../pure/format-names';
import { joinPath } from '../../config-path';
import { validateNameTemplate } from './file-names';

/** Formats that go on where they ended. */
export const FILE_FORMATS = ['ndjson', 'csv'] as const satisfies FormatName[];

/** Files in a directory; bounds and defaults in pure/bounds.ts. */
export interface FilesSinkConfig {
	/**
	 * By the name that the host gives it (`SinkPorts.directories`): a configuration, which may come over an API, never says where
	 * in the file system something is written.
	 */
	readonly directory: string;
	/** With the places of `NAME_PLACES`, `{number}` among them; the ending follows from format and gzip. */
	readonly name?: string | undefined;
	/** Default ndjson; csv needs columns. */
	readonly format?: (typeof FILE_FORMATS)[number] | undefined;
	/** Of csv: whether each file begins with the names of the columns; default true. */
	readonly csvHeader?: boolean | undefined;
	/** Default false. */
	readonly gzip?: boolean | undefined;
	/** A file is complete with the batch by which it has so many bytes, as they are on disk. */
	readonly fileBytes?: number | undefined;
	/** Or so long after it was begun, milliseconds; 0: each batch is a file. */
	readonly fileAgeMs?: number | undefined;
	/** How long the file system may take for one step before an attempt ends; it is retried. */
	readonly timeoutMs?: number | undefined;
}

const MAX_DIRECTORY_NAME = 200;

/** @throws ConfigError naming path and bound */
export function validateFilesSink(config: FilesSinkConfig, path: string): void {
	const at = (name: string): string => joinPath(path, name);
	const { directory, name, format, csvHeader, gzip, fileBytes, fileAgeMs, timeoutMs } = config;
	if (typeof directory !== 'string' || directory === '' || directory.length > MAX_DIRECTORY_NAME) {
		const expected = `the name of a directory, 1 to ${MAX_DIRECTORY_NAME} characters`;
		throw new ConfigError(at('directory'), expected, directory);
	}
	if (name !== undefined) validateNameTemplate(name, at('name'));
	if (format !== undefined) checkChoice(format, at('format'), FILE_FORMATS);
	if (csvHeader !== undefined && format !== 'csv')
		throw new ConfigError(at('csvHeader'), 'the format csv', csvHeader);
	checkBoolean(csvHeader, at('csvHeader'));
	checkBoolean(gzip, at('gzip'));
	if (fileBytes !== undefined) checkWhole(fileBytes, at('fileBytes'), FILES.bytes);
	if (fileAgeMs !== undefined) checkWhole(fileAgeMs, at('fileAgeMs'), FILES.ageMs);
	if (timeoutMs !== undefined) checkWhole(timeoutMs, at('timeoutMs'), FILES.timeoutMs);
}

function checkBoolean(value: unknown, path: string): void {
	if (value !== undefined && typeof value !== 'boolean')
		throw new ConfigError(path, 'true or false', value);
}

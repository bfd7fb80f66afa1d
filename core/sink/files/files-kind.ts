import { isAbsolute } from 'node:path';
import { ConfigError } from '../../errors';
import { joinPath } from '../../config-path';
import { checkFormat } from '../formats/check-format';
import type { SinkKind } from '../sink-kind';
import { validateFilesSink, type FilesSinkConfig } from './files-config';
import { createFilesSink } from './files-sink';
import { createFilesTrial } from './files-trial';

/** Files in a directory of this machine; only a host that offers directories can write to them. */
export const filesKind: SinkKind<FilesSinkConfig> = {
	fields: {
		directory: true,
		name: true,
		format: true,
		csvHeader: true,
		gzip: true,
		fileBytes: true,
		fileAgeMs: true,
		timeoutMs: true,
	},
	secrets: {},
	validate: validateFilesSink,
	checkRows: ({ format }, rows, path) => checkFormat(format, rows, joinPath(path, 'format')),
	create(config, { directories, clock, logger, who, filesNow: now, onExchange }, path) {
		const at = joinPath(path, 'directory');
		const directory = directories?.(config.directory);
		if (directory === undefined) {
			const expected = 'the name of a directory that this host offers';
			throw new ConfigError(at, expected, config.directory);
		}
		if (!isAbsolute(directory)) throw new ConfigError(at, 'an absolute path', directory);
		if (onExchange) return createFilesTrial(config, { directory, onExchange });
		return createFilesSink(config, { directory, clock, logger, now, ...who });
	},
};

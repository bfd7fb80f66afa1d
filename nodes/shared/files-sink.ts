import path from 'node:path';
import {
	ConfigError,
	toFiles,
	type FilesSettings,
	type SettingPath,
	type SinkConfig,
} from '../../core/index';
import { isAllowed, WHERE_ALLOWED } from './allowed-paths';

export interface FilesSink {
	readonly config: SinkConfig<'files'>;
	readonly directories: (name: string) => string | undefined;
}

/** Files in a directory of this machine, where n8n's own nodes may write, too. @throws ConfigError naming parameter and bound */
export function filesSink(settings: FilesSettings, at: SettingPath): FilesSink {
	const config = toFiles(settings, at);
	const { directory } = config;
	if (!path.isAbsolute(directory))
		throw new ConfigError(at('directory'), 'an absolute path', directory);
	if (!isAllowed(directory)) {
		throw new ConfigError(at('directory'), `a directory ${WHERE_ALLOWED}`, directory);
	}
	// Looked at again with every start: a link may have come into its place.
	return {
		config,
		directories: (name) => (name === directory && isAllowed(name) ? name : undefined),
	};
}

import { checkWhole } from '../check-value';
import { ConfigError } from '../errors';
import { configuredPath } from '../event/path-spelling';
import { IDLE_TIMEOUT_MS, LISTENER, PORT } from '../pure/bounds';
import { isUrlPath, URL_PATH } from '../pure/url-path';
import type { ListenerOptions } from '../receiver/listener/listener';
import { readNumber, readTime } from './read-number';
import { sameName, type SettingPath } from './setting-path';

/** Of the dialogs that serve a path on a port of their own; how they are used is told in buffer-settings.ts. */
export interface ListenerSettings {
	/** Absent or 0: none. May be digits. */
	readonly port?: number | string | undefined;
	readonly host?: string | undefined;
	readonly path?: string | undefined;
	readonly idleTimeoutSeconds?: number | string | undefined;
}

/**
 * @returns undefined where no port is wanted
 * @throws ConfigError naming the dialog's field and the bound
 */
export function toListener(
	{ port: givenPort = 0, host, path: givenPath, idleTimeoutSeconds }: ListenerSettings,
	at: SettingPath = sameName,
): { readonly options: ListenerOptions; readonly path: string } | undefined {
	const port = readNumber(givenPort, at('port'));
	if (port === 0) return undefined;
	const path = givenPath?.trim() || LISTENER.path;
	if (!isUrlPath(configuredPath(path))) throw new ConfigError(at('path'), URL_PATH, path);
	return {
		options: {
			port: checkWhole(port, at('port'), PORT),
			host: host?.trim() || LISTENER.host,
			idleTimeoutMs:
				idleTimeoutSeconds === undefined
					? IDLE_TIMEOUT_MS.fallback
					: readTime(idleTimeoutSeconds, at('idleTimeoutSeconds'), 'seconds', IDLE_TIMEOUT_MS),
		},
		path,
	};
}

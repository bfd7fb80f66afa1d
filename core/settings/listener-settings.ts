import { isAbsolute } from 'node:path';
import { checkChoice, checkWhole } from '../check-value';
import { ConfigError } from '../errors';
import { configuredPath } from '../event/path-spelling';
import { CONNECTIONS, IDLE_TIMEOUT_MS, LISTENER, PORT } from '../pure/bounds';
import { isUrlPath, URL_PATH } from '../pure/url-path';
import type { ListenerTls } from '../receiver/listener/certificates';
import { createListener, type Listener, type ListenerOptions } from '../receiver/listener/listener';
import type { ProbeOptions } from '../receiver/listener/probes';
import { readNumber, readTime } from './read-number';
import { inDialog, sameName, type SettingPath } from './setting-path';

/** Where certificate and key come from: `given` is what the host has of them in a place of its own. */
export const LISTENER_TLS = ['off', 'files', 'given'] as const;

/** Of the dialogs that serve a path on a port of their own; how they are used is told in buffer-settings.ts. */
export interface ListenerSettings {
	/** Absent or 0: none. May be digits. */
	readonly port?: number | string | undefined;
	readonly host?: string | undefined;
	/** Before the path of every receiver; the listener's own paths stay where they are. */
	readonly prefix?: string | undefined;
	readonly path?: string | undefined;
	readonly idleTimeoutSeconds?: number | string | undefined;
	readonly maxConnections?: number | string | undefined;
	readonly tls?: string | undefined;
	/** Absolute paths. */
	readonly certFile?: string | undefined;
	readonly keyFile?: string | undefined;
	readonly caFile?: string | undefined;
	/** Of the key in the file. */
	readonly passphrase?: string | undefined;
	/** Absent: the default; empty: off. */
	readonly healthPath?: string | undefined;
	readonly readyPath?: string | undefined;
	readonly metricsPath?: string | undefined;
	/** None: no metrics. */
	readonly metricsToken?: string | undefined;
}

/**
 * @param given certificate and key where `tls` is `given`
 * @returns undefined where no port is wanted
 * @throws ConfigError naming the dialog's field and the bound
 */
export function toListener(
	settings: ListenerSettings,
	at: SettingPath = sameName,
	given?: () => ListenerTls,
): { readonly options: ListenerOptions; readonly path: string } | undefined {
	const port = readNumber(settings.port ?? 0, at('port'));
	if (port === 0) return undefined;
	const { host, maxConnections } = settings;
	const tls = toTls(settings, at, given);
	return {
		options: {
			port: checkWhole(port, at('port'), PORT),
			host: host?.trim() || LISTENER.host,
			idleTimeoutMs:
				settings.idleTimeoutSeconds === undefined
					? IDLE_TIMEOUT_MS.fallback
					: readTime(
							settings.idleTimeoutSeconds,
							at('idleTimeoutSeconds'),
							'seconds',
							IDLE_TIMEOUT_MS,
						),
			...(maxConnections === undefined || maxConnections === ''
				? {}
				: {
						maxConnections: checkWhole(
							readNumber(maxConnections, at('maxConnections')),
							at('maxConnections'),
							CONNECTIONS,
						),
					}),
			...(tls ? { tls } : {}),
			probes: toProbes(settings, at),
		},
		path: toPath(settings, at),
	};
}

/**
 * As `createListener`, by the names of the dialog.
 *
 * @throws ConfigError naming the dialog's field
 */
export async function openListener(options: ListenerOptions, at: SettingPath): Promise<Listener> {
	try {
		return await createListener(options);
	} catch (error) {
		return inDialog(() => {
			throw error;
		}, at);
	}
}

function toPath({ prefix = '', path }: ListenerSettings, at: SettingPath): string {
	const before = prefix.trim() === '' ? '' : checkPath(prefix, at('prefix'));
	const own = checkPath(path?.trim() || LISTENER.path, at('path'));
	return before === '/' ? own : `${before}${own === '/' && before !== '' ? '' : own}`;
}

/** Without a slash at its end. @throws ConfigError */
function checkPath(written: string, at: string): string {
	const path = configuredPath(written.trim());
	if (!isUrlPath(path)) throw new ConfigError(at, URL_PATH, written);
	return path;
}

function toTls(
	{ tls = 'off', certFile, keyFile, caFile, passphrase }: ListenerSettings,
	at: SettingPath,
	given: (() => ListenerTls) | undefined,
): ListenerTls | undefined {
	const chosen = checkChoice(tls, at('tls'), LISTENER_TLS);
	if (chosen === 'off') return undefined;
	if (chosen === 'given') {
		if (given) return given();
		throw new ConfigError(at('tls'), 'certificate and key to be chosen');
	}
	const ca = caFile?.trim() ?? '';
	return {
		certFile: checkFile(certFile, at('certFile')),
		keyFile: checkFile(keyFile, at('keyFile')),
		...(ca === '' ? {} : { caFile: checkFile(ca, at('caFile')) }),
		...(passphrase ? { passphrase } : {}),
	};
}

/** Where a host was started says nothing to a person: files are named in full. */
function checkFile(written: string | undefined, at: string): string {
	const file = written?.trim() ?? '';
	if (isAbsolute(file)) return file;
	throw new ConfigError(at, 'the whole path of a file', file);
}

function toProbes(settings: ListenerSettings, at: SettingPath): ProbeOptions {
	const probe = (name: 'healthPath' | 'readyPath' | 'metricsPath'): string | undefined => {
		const written = (settings[name] ?? LISTENER[name]).trim();
		return written === '' ? undefined : checkPath(written, at(name));
	};
	const healthPath = probe('healthPath');
	const readyPath = probe('readyPath');
	const metricsPath = probe('metricsPath');
	const token = settings.metricsToken?.trim() ?? '';
	return {
		...(healthPath === undefined ? {} : { healthPath }),
		...(readyPath === undefined ? {} : { readyPath }),
		...(metricsPath === undefined || token === '' ? {} : { metrics: { path: metricsPath, token } }),
	};
}

/**
 * Our own HTTP server: paths and prefixes, many receivers and APIs on one port, one server per address and process (N77). It listens on
 * the loopback address unless it is told another. Bounds: headers within 10 s, the whole request within 60 s (`listener-times.ts`), 16 KiB
 * and 100 of headers; the body's bound is the receiver's. What is served beside receivers: `probes.ts`.
 */
import { checkWhole } from '../../check-value';
import { ConfigError } from '../../errors';
import { CONNECTIONS, IDLE_TIMEOUT_MS, LISTENER, PORT } from '../../pure/bounds';
import { systemClock, type Clock } from '../../runtime/clock';
import { silentLogger, type Logger } from '../../runtime/logger';
import { processShared } from '../../runtime/process-shared';
import type { ListenerTls } from './certificates';
import { LISTENER_TIMES, type ListenerTimes } from './listener-times';
import type { PushHandler } from './node-http';
import type { LeavePlace } from './places';
import type { ProbeOptions } from './probes';
import type { Place } from './routes';
import { SharedListener, type SharedSettings } from './shared-listener';
import type { Watched } from './watched';

/** A place of the listener, who answers there, and what the listener's own paths tell of it. */
export type Mount = Place & {
	readonly handler: PushHandler;
	readonly holder: { readonly label: string };
	readonly watched?: Watched | undefined;
};

export interface Listener {
	/** The port it listens on: the one asked for, or the one the system gave for 0. */
	readonly port: number;
	/** Serves a place until the returned function is called. @throws ConfigError when it is none or is taken, naming both holders */
	mount(mount: Mount): LeavePlace;
	/**
	 * Ends this handle; its places answer 503 for a while, since they mostly come back, with `gone` 404 at once. The last handle closes the
	 * port: requests that are under way are answered, for up to 5 s. Idempotent.
	 */
	close(o?: { readonly gone?: boolean }): Promise<void>;
}

export interface ListenerOptions {
	/** Address to listen on, default 127.0.0.1. */
	readonly host?: string | undefined;
	/** 0 … 65,535; 0 lets the system choose and is never shared. */
	readonly port: number;
	/** How long a connection without a request stays open, bounds and default in IDLE_TIMEOUT_MS. Of several who share a port the longest counts. */
	readonly idleTimeoutMs?: number | undefined;
	/** Connections at once, bounds and default in CONNECTIONS; more are closed as they come. */
	readonly maxConnections?: number | undefined;
	/** Absent: plain HTTP. */
	readonly tls?: ListenerTls | undefined;
	/** Paths at which it tells of itself; default none. */
	readonly probes?: ProbeOptions | undefined;
	/** Whom to name where somebody else wants the port with other settings. */
	readonly holder?: { readonly label: string } | undefined;
	/** Hears of certificates that were renewed, or could not be. Of several who share a port the first one's counts. */
	readonly logger?: Logger | undefined;
	readonly clock?: Clock | undefined;
}

interface Entry {
	readonly opened: Promise<SharedListener>;
	readonly port: number;
	readonly host: string;
	readonly holder: string;
	handles: number;
}

function registry(): Map<string, Entry> {
	return processShared('listeners', () => new Map());
}

/**
 * Opens a port, or takes part in one that this process has open with the same settings.
 *
 * @param times for tests
 * @throws ConfigError (ERR_CONFIG_INVALID) for a bad address, time, certificate or path, when the port is in use or may not be opened, and
 *   when another holder has it with other settings: then it names both
 */
export async function createListener(
	options: ListenerOptions,
	times: ListenerTimes = LISTENER_TIMES,
): Promise<Listener> {
	const settings = settingsOf(options);
	const { idleTimeoutMs = IDLE_TIMEOUT_MS.fallback } = options;
	checkWhole(idleTimeoutMs, 'idleTimeoutMs', IDLE_TIMEOUT_MS);
	const { key, entry } = entryFor(settings, options, times);
	entry.handles++;
	let shared: SharedListener;
	try {
		shared = await entry.opened;
		if (!shared.hasSettings(settings)) throw otherSettings(entry, holderOf(options));
	} catch (error) {
		await release(key, entry);
		throw error;
	}
	shared.keepIdle(idleTimeoutMs);
	return handleOf(shared, () => release(key, entry));
}

function settingsOf(options: ListenerOptions): SharedSettings {
	const { host = LISTENER.host, port, tls, probes } = options;
	const { maxConnections = CONNECTIONS.fallback } = options;
	return {
		host,
		port: checkWhole(port, 'port', { ...PORT, min: 0 }),
		maxConnections: checkWhole(maxConnections, 'maxConnections', CONNECTIONS),
		...(tls ? { tls } : {}),
		...(probes ? { probes } : {}),
	};
}

function entryFor(
	settings: SharedSettings,
	options: ListenerOptions,
	times: ListenerTimes,
): { readonly key: string; readonly entry: Entry } {
	const { host, port } = settings;
	const key = port === 0 ? `${host}:0:${Math.random()}` : `${host}:${port}`;
	const known = registry().get(key);
	if (known) return { key, entry: known };
	const { clock = systemClock, logger = silentLogger } = options;
	const holder = holderOf(options);
	const opened = SharedListener.open(settings, { clock, logger, times }).catch((error) => {
		throw inUseHere(error, settings, holder);
	});
	const entry: Entry = { opened, host, port, holder, handles: 0 };
	registry().set(key, entry);
	return { key, entry };
}

function handleOf(shared: SharedListener, end: () => Promise<void>): Listener {
	const own = new Set<LeavePlace>();
	let closing: Promise<void> | undefined;
	return {
		port: shared.port,
		mount({ handler, holder, watched, ...place }) {
			const leave = shared.mount(place, handler, { holder, watched });
			own.add(leave);
			return (how = { gone: true }) => {
				leave(how);
				own.delete(leave);
			};
		},
		close(how) {
			closing ??= end();
			for (const leave of own) leave(how);
			own.clear();
			return closing;
		},
	};
}

async function release(key: string, entry: Entry): Promise<void> {
	if (--entry.handles > 0) return;
	if (registry().get(key) === entry) registry().delete(key);
	const shared = await entry.opened.catch(() => undefined);
	await shared?.close();
}

function holderOf({ holder, port }: ListenerOptions): string {
	return holder?.label ?? `port ${port}`;
}

function otherSettings(entry: Entry, holder: string): ConfigError {
	return new ConfigError(
		'port',
		`the settings with which "${entry.holder}" has port ${entry.port} of ${entry.host} open (certificate, connections, paths of the ` +
			`listener), or a port of its own: "${holder}" asks for others`,
	);
}

/** A port that is open on another address of this process has a name to tell. */
function inUseHere(error: unknown, { host, port }: SharedSettings, holder: string): unknown {
	const rival = [...registry().values()].find(
		(other) => other.port === port && other.host !== host && other.handles > 0,
	);
	const isInUse = error instanceof ConfigError && error.details['path'] === 'port';
	if (!isInUse || !rival || port === 0) return error;
	return new ConfigError(
		'port',
		`a port of its own: "${rival.holder}" has ${port} open on ${rival.host}, and "${holder}" asks for it on ${host}`,
		undefined,
		{ cause: error },
	);
}

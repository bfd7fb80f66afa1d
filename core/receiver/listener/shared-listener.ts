import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import { promisify } from 'node:util';
import { ConfigError, ReceiveError } from '../../errors';
import type { Sample } from '../../metrics/prometheus-text';
import { canonicalJson } from '../../pure/canonical-json';
import type { Clock } from '../../runtime/clock';
import type { Logger } from '../../runtime/logger';
import { errorAnswer } from '../answer';
import { Certificates, type ListenerTls } from './certificates';
import type { ListenerTimes } from './listener-times';
import { respond, type PushHandler } from './node-http';
import { notReady, Places, type LeavePlace } from './places';
import { PROBES, probesOf, type ProbeOptions } from './probes';
import type { Place } from './routes';
import { boundedServer, portOf } from './server';
import { requestPath } from './target';
import { WatchedSet, type Watched } from './watched';

/** What all who share a port have to agree on. */
export interface SharedSettings {
	readonly host: string;
	readonly port: number;
	readonly maxConnections: number;
	readonly tls?: ListenerTls | undefined;
	readonly probes?: ProbeOptions | undefined;
}

export interface SharedPorts {
	readonly clock: Clock;
	readonly logger: Logger;
	readonly times: ListenerTimes;
}

/** Headers of a request, as Apache bounds them; a sender behind three proxies has about forty. */
const MAX_HEADERS = 100;

/** A port that is open, with whatever is served there. */
export class SharedListener {
	readonly #settings: SharedSettings;
	readonly #ports: SharedPorts;
	readonly #server: Server | TlsServer;
	readonly #places: Places;
	readonly #probes: ReadonlySet<PushHandler>;
	readonly #watched: WatchedSet;
	readonly #certificates: Certificates | undefined;
	#refusedConnections = 0;
	#isClosing = false;

	private constructor(
		settings: SharedSettings,
		ports: SharedPorts,
		certificates: Certificates | undefined,
	) {
		this.#settings = settings;
		this.#ports = ports;
		this.#certificates = certificates;
		this.#watched = new WatchedSet(ports.clock);
		this.#places = new Places(ports.clock, ports.times.comeBackMs);
		const probes = probesOf(settings.probes ?? {}, {
			reasons: async () => [
				...(this.#isClosing ? ['ERR_RECEIVER_CLOSING'] : []),
				...(await this.#watched.reasons()),
			],
			samples: async () => [...(await this.#ownSamples()), ...(await this.#watched.samples())],
		});
		for (const { place, handler } of probes) this.#places.add(place, handler, PROBES);
		this.#probes = new Set(probes.map(({ handler }) => handler));
		this.#server = boundedServer(
			{ ...settings, times: ports.times, tls: certificates?.options },
			(request, response, o) => this.#route(request, response, o),
		);
		this.#server.on('drop', () => this.#refusedConnections++);
	}

	/** @throws ConfigError for settings that cannot work, and a port that cannot be opened */
	static async open(settings: SharedSettings, ports: SharedPorts): Promise<SharedListener> {
		const certificates = settings.tls && (await Certificates.load(settings.tls));
		const shared = new SharedListener(settings, ports, certificates);
		await shared.#listen();
		return shared;
	}

	get port(): number {
		return portOf(this.#server);
	}

	/** How long idle connections stay: the longest that anybody asks for. */
	keepIdle(idleTimeoutMs: number): void {
		this.#server.keepAliveTimeout = Math.max(this.#server.keepAliveTimeout, idleTimeoutMs);
	}

	/** Whether another one wants the same of it. */
	hasSettings(settings: SharedSettings): boolean {
		return canonicalJson(settings) === canonicalJson(this.#settings);
	}

	/** @throws ConfigError where it is taken, naming both holders */
	mount(
		place: Place,
		handler: PushHandler,
		o: { readonly holder: { readonly label: string }; readonly watched?: Watched | undefined },
	): LeavePlace {
		const leave = this.#places.add(place, handler, o.holder);
		const unwatch = o.watched && this.#watched.add(o.watched);
		let hasLeft = false;
		return (how) => {
			if (hasLeft) return;
			hasLeft = true;
			leave(how);
			unwatch?.();
		};
	}

	/** Takes no connection any more, answers 503 on those there are, lets requests end for some seconds, then cuts them. */
	async close(): Promise<void> {
		this.#isClosing = true;
		this.#certificates?.close();
		const closed = once(this.#server, 'close');
		this.#server.close();
		this.#server.closeIdleConnections();
		const cancel = this.#ports.clock.after(this.#ports.times.closeMs, () =>
			this.#server.closeAllConnections(),
		);
		await closed;
		cancel();
		this.#places.close();
	}

	async #listen(): Promise<void> {
		const { host, port } = this.#settings;
		const { clock, logger, times } = this.#ports;
		this.#server.listen(port, host);
		try {
			await once(this.#server, 'listening');
		} catch (error) {
			const { code } = error as NodeJS.ErrnoException;
			const expected = `a port that can be opened on ${host} (${code ?? 'unknown error'})`;
			throw new ConfigError('port', expected, port, { cause: error });
		}
		this.#certificates?.watch({
			clock,
			logger,
			everyMs: times.certificatesMs,
			onChange: (options) => (this.#server as TlsServer).setSecureContext(options),
		});
	}

	#route(
		request: IncomingMessage,
		response: ServerResponse,
		o: { readonly awaitsContinue: boolean },
	): void {
		const handler = this.#find(request);
		respond(request, response, handler, {}, { ...o, isLast: () => this.#isClosing });
	}

	#find(request: IncomingMessage): PushHandler {
		if (request.rawHeaders.length > 2 * MAX_HEADERS) return tooManyHeaders;
		const found = this.#places.find(requestPath(request)) ?? nothingHere;
		return this.#isClosing && !this.#probes.has(found) ? async () => notReady() : found;
	}

	async #ownSamples(): Promise<Sample[]> {
		const connections = await connectionsOf(this.#server);
		const endsAt = this.#certificates?.endsAt;
		return [
			{ name: 'sluice_listener_connections', labels: {}, value: connections },
			{
				name: 'sluice_listener_connections_refused_total',
				labels: {},
				value: this.#refusedConnections,
			},
			...(endsAt === undefined
				? []
				: [
						{
							name: 'sluice_listener_certificate_end_timestamp_seconds' as const,
							labels: {},
							value: endsAt / 1_000,
						},
					]),
		];
	}
}

function connectionsOf(server: Server | TlsServer): Promise<number> {
	return promisify((done: (error: Error | null, count: number) => void) =>
		server.getConnections(done),
	)();
}

async function nothingHere(): ReturnType<PushHandler> {
	return errorAnswer(new ReceiveError('ERR_RECEIVER_UNKNOWN', 'nothing is served at this path'));
}

async function tooManyHeaders(): ReturnType<PushHandler> {
	return errorAnswer(
		new ReceiveError('ERR_TOO_MANY_HEADERS', `a request may have at most ${MAX_HEADERS} headers`),
	);
}

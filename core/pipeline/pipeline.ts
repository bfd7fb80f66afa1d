/**
 * Where receivers, exports, store and sinks meet. One pipeline per store and process; nodes attach and detach as their host
 * deploys. It keeps nothing that a restart would need: rows, leases and states are the store's.
 */
import { randomBytes } from 'node:crypto';
import type { AttemptReport } from '../delivery/attempt';
import { Flusher } from '../delivery/flusher';
import type { Gate } from '../delivery/gate';
import type { DocumentCondition } from '../buffer/documents';
import type { Counters, Store } from '../buffer/store';
import { BufferError, ConfigError } from '../errors';
import type { Event } from '../event/event';
import { withKeys } from '../receiver/intake/keys';
import type { RecentRequest } from '../receiver/recent-requests';
import { withCors } from '../receiver/cors';
import type { Answer, PushedRequest } from '../receiver/request';
import { TEST_HEADER, testRequest, type TestPush } from '../receiver/test-request';
import type { Clock } from '../runtime/clock';
import type { FetchText } from '../runtime/fetch-text';
import { newUuid } from '../runtime/ids';
import type { Logger } from '../runtime/logger';
import { acceptPush, type AcceptPorts } from './accept-push';
import { fetchText as guardedFetch } from '../sink/http/fetch-text';
import { appendItems } from './append-events';
import { compileExport, type AttachedExport } from './attached-export';
import { renderItems, type Holder } from './attached-receiver';
import type { Attachment } from './attachment';
import { DefinitionQueue } from './definition-queue';
import { destinationOf, sinkFor, trialSinkOf, type ExportWithSink } from './attached-sink';
import { changeOf, checkHolder, HeldExports } from './held-exports';
import { HeldReceivers } from './held-receivers';
import { Observers } from './observers';
import { holderLogger } from './holder-logger';
import { LastEvents } from './last-events';
import { logAttempt } from './log-attempt';
import { describeHeld, describeReceiver } from './describe-held';
import type { Held } from './held';
import { Notices, type PipelineNotice } from './notices';
import { RateMeter } from './rates';
import { tryDelivery, type Trial } from './trial';
import { parseExportConfig } from './parse-export';
import { type ReceiverInput } from './parse-receiver';
import type { RenewedUrlSecret, TestedPush } from './receiver-results';

/** Of a secret that is made here. */
const NEW_SECRET_BYTES = 24;

export interface PipelinePorts {
	readonly store: () => Store;
	readonly clock: Clock;
	readonly logger: Logger;
	/** Default: how the destinations are (core/health). */
	readonly gate?: Gate | undefined;
	/** Default: over https, never from a private address. */
	readonly fetchText?: FetchText | undefined;
}

export class PipelineCore {
	readonly #ports: PipelinePorts;
	readonly #accept: AcceptPorts;
	readonly #flusher: Flusher;
	readonly #observers: Observers;
	readonly #logger: Logger;
	readonly #receivers: HeldReceivers;
	readonly #exports: HeldExports;
	readonly #definitions: DefinitionQueue;
	readonly #rates = new RateMeter();
	/** As the last append left them. */
	readonly #lastCounters = new Map<string, Counters>();
	readonly #notices: Notices;
	/** Hears what is on disk. */
	readonly #appended = (counters: readonly Counters[]): void => {
		for (const one of counters) {
			// All that came to the disk in one group are answered with the same ones, which say nothing new.
			if (this.#lastCounters.get(one.exportId) === one) continue;
			this.#lastCounters.set(one.exportId, one);
			this.#flusher.appended(one);
			this.#rates.sample(one, this.#ports.clock.now());
			this.#notices.tell({ kind: 'counters', counters: one });
		}
	};
	readonly #lastEvents = new LastEvents();

	constructor(ports: PipelinePorts) {
		this.#ports = ports;
		this.#notices = new Notices(ports.logger);
		this.#logger = holderLogger(ports.logger, ({ exportId, receiverId }) =>
			typeof exportId === 'string'
				? this.#exports.get(exportId)?.holder
				: this.#receivers.get(String(receiverId))?.holder,
		);
		this.#definitions = new DefinitionQueue({
			...ports,
			documents: () => ports.store().documents,
		});
		const owner = `${process.pid}-${randomBytes(4).toString('hex')}`;
		this.#observers = new Observers({
			...ports,
			logger: this.#logger,
			owner,
			notices: this.#notices,
			appended: this.#appended,
		});
		this.#flusher = new Flusher({
			...ports,
			logger: this.#logger,
			random: Math.random,
			owner,
			onAttempt: (report) => this.#attempted(report),
			gate: this.#observers.gate,
			onRequest: (request) => this.#notices.tell({ kind: 'request', ...request }),
		});
		this.#notices.subscribe((notice) => {
			// What is on its way sends no more.
			const isGivenUp = notice.kind === 'health' && notice.change.kind === 'givenUp';
			if (isGivenUp) this.#flusher.claimDue();
		});
		this.#exports = new HeldExports({
			...ports,
			logger: this.#logger,
			appended: this.#appended,
			flusher: this.#flusher,
			definitions: this.#definitions,
			observers: this.#observers,
		});
		this.#receivers = new HeldReceivers({
			...ports,
			exports: this.#exports,
			observers: this.#observers,
			definitions: this.#definitions,
			compile: (given, holder) => this.#compile(given, holder),
		});
		this.#accept = {
			store: ports.store,
			intake: {
				now: () => ports.clock.now(),
				newId: newUuid,
				fetchText: ports.fetchText ?? guardedFetch,
			},
			projects: this.#exports.projects,
			notices: this.#notices,
			logger: this.#logger,
			lastEvents: this.#lastEvents,
			admitted: (receiverId, by, at) => this.#observers.secretUses.used(receiverId, by, at),
			leftOut: (exportId) => this.#observers.leftOut.add(exportId),
			appended: this.#appended,
		};
	}

	/**
	 * Adds or replaces a receiver with its exports, all or nothing: validated now, then put into the definitions, then attached. One that
	 * runs goes on as it was until the new definition is put, and where it is refused.
	 *
	 * @param condition revision of the receiver's definition that whoever changes it has seen
	 * @throws ConfigError (ERR_CONFIG_INVALID) naming the path and bound, or both labels where another holder has the id
	 */
	attachReceiver(
		config: ReceiverInput,
		exports: readonly ExportWithSink[],
		holder: Holder,
		condition: DocumentCondition = {},
	): Attachment {
		return this.#receivers.attach(config, exports, holder, condition);
	}

	/** Adds or replaces one export that is fed by `add`, or by all receivers of its project. Order and @throws as attachReceiver */
	attachExport(given: ExportWithSink, holder: Holder): Attachment {
		const export_ = this.#compile(given, holder);
		const former = this.#exports.get(export_.id);
		checkHolder(former, export_.id, holder);
		let isGone = false;
		const ready = this.#exports.attach([export_], holder, {
			changes: [changeOf(given, export_, holder)],
			former: [],
			place: () => {},
			isGone: () => isGone,
		});
		return {
			ready,
			detach: ({ gone = false } = {}) => {
				isGone = true;
				if (gone) this.#exports.projects.remove(export_);
				return this.#exports.detach([export_]);
			},
		};
	}

	/** Whether a receiver is attached here, or was and is being redeployed. */
	hasReceiver(receiverId: string): boolean {
		return this.#receivers.get(receiverId) !== undefined;
	}

	/** Id of the receiver that is a dataset of Opendatasoft for its clients; undefined where none is attached here. */
	findDataset(id: string, resource: string): string | undefined {
		return this.#receivers.findDataset(id, resource)?.config.id;
	}

	/**
	 * Takes one push from its request to its answer; never rejects and always answers.
	 *
	 * @param o onRefused: hears why it is refused, where somebody else words the answer
	 */
	accept(
		receiverId: string,
		request: PushedRequest,
		o: { readonly onRefused?: (error: unknown) => void } = {},
	): Promise<Answer> {
		const receiver = this.#receivers.get(receiverId);
		return withCors(receiver?.config.cors, request, () =>
			acceptPush(receiverId, receiver, request, { ...this.#accept, ...o }),
		);
	}

	/**
	 * Puts items of the flow into an export; resolves when all of them are on disk. More than one request of the store takes (10,000, 8 MB)
	 * go in parts: where a later one fails, the earlier ones are stored.
	 *
	 * @throws BufferError (ERR_EXPORT_UNKNOWN, ERR_BUFFER_FULL, …), MappingError where onMappingError is reject: then none is stored
	 */
	async add(exportId: string, events: readonly Event[]): Promise<void> {
		const held = this.#exports.get(exportId);
		if (!held) throw unknownExport(exportId);
		await held.ready;
		const leftOut: AttachedExport[] = [];
		const items = renderItems(held.export_, events, leftOut);
		const { receiverId } = held.export_.config;
		await appendItems(this.#ports.store(), receiverId, items, this.#appended);
		this.#observers.leftOut.add(exportId, leftOut.length);
		this.#lastEvents.keep(receiverId, events.at(-1));
	}

	/**
	 * Takes one event the way of a delivery, and stores and counts nothing.
	 *
	 * @throws as tryDelivery; BufferError ERR_EXPORT_UNKNOWN where it is not held here
	 */
	async tryDelivery(exportId: string, event: Event, signal?: AbortSignal): Promise<Trial> {
		const held = this.#exports.get(exportId);
		if (!held) throw unknownExport(exportId);
		await held.ready;
		const { receiverId } = held.export_.config;
		const receiver = this.#receivers.get(receiverId);
		const { event: typed } = receiver ? withKeys(event, receiver.config) : { event };
		return tryDelivery(held.export_, typed, { clock: this.#ports.clock, signal });
	}

	/**
	 * Pushes an event into a receiver as its sender would, with what it has of secrets itself: from there on it is an event like any other.
	 *
	 * @returns undefined where only the sender can prove itself
	 * @throws ConfigError where the receiver is not attached here
	 */
	async pushTest(receiverId: string, push: TestPush): Promise<TestedPush | undefined> {
		const receiver = this.#receivers.get(receiverId);
		if (!receiver) throw new ConfigError('receiverId', 'a receiver of this process', receiverId);
		await receiver.ready;
		const made = await testRequest(receiver.prepared, push, this.#ports.clock.now());
		if (!made) return undefined;
		const { status, body: answer } = await this.accept(receiverId, made.request);
		const seen = receiver.recent.list().find(({ headers }) => headers[TEST_HEADER] === push.id);
		return { way: made.way, status, answer, ...(seen ? { seen } : {}) };
	}

	/** Closes and delivers what waits, whatever the conditions say. */
	flush(exportId: string): void {
		if (!this.#exports.get(exportId)) throw unknownExport(exportId);
		this.#flusher.flush(exportId);
	}

	/** Claims what has become due: after resume, retry now, replay, and what another process did. */
	claimDue(): void {
		this.#observers.gate.reload?.();
		this.#flusher.claimDue();
		this.#exports.tellOthers();
	}

	/** Looks for a replay of an export, where it is held here; resolves when none goes on by what was decided before. */
	lookAtReplay(exportId: string): Promise<void> {
		return this.#exports.replays.look(exportId);
	}

	/** What is attached here, for `takeSnapshot`; reads nothing. */
	held(): Held {
		const o = { observers: this.#observers, replays: this.#exports.replays };
		return {
			receivers: this.#receivers.all().map((one) => describeReceiver(one, o)),
			exports: new Map(
				this.#exports
					.all()
					.map(([id, one]) => [
						id,
						describeHeld(one, { ...o, inFlight: this.#flusher.inFlight(id) }),
					]),
			),
			rates: this.#rates,
			alerts: this.#observers.alerts.active(),
			storeAlerts: this.#observers.alerts.ofStore(),
		};
	}

	/** The last requests of a receiver, newest first; undefined where it is not attached here. */
	recentRequests(receiverId: string, limit?: number): readonly RecentRequest[] | undefined {
		return this.#receivers.get(receiverId)?.recent.list(limit);
	}

	/**
	 * The last event that was taken here for a receiver, or put into an export that the flow feeds (`items:…`): a sample of what comes.
	 * None since the process began, and none that is too large to be kept: undefined.
	 */
	lastEvent(receiverId: string): Event | undefined {
		return this.#lastEvents.of(receiverId);
	}

	/**
	 * Lets a new secret in in the URL of a receiver; those before it go on for as long as its configuration says.
	 *
	 * @throws ConfigError where it is not attached here, or has no secret in its URL; what the store says
	 */
	async renewUrlSecret(receiverId: string): Promise<RenewedUrlSecret> {
		const receiver = this.#receivers.get(receiverId);
		if (!receiver?.urlSecrets)
			throw new ConfigError(
				'receiverId',
				'a receiver of this process that has a secret in its URL',
				receiverId,
			);
		await receiver.ready;
		const urlSecret = randomBytes(NEW_SECRET_BYTES).toString('base64url');
		const formerUntil = await receiver.urlSecrets.renew(urlSecret);
		const url = receiver.holder.pushUrl?.(urlSecret);
		return { receiverId, urlSecret, ...(url === undefined ? {} : { url }), formerUntil };
	}

	/** Resolves when what was seen of an export's deliveries until now is in the store, where `readMetrics` finds it. Never rejects. */
	async keepMetrics(exportId: string): Promise<void> {
		const { metrics, leftOut } = this.#observers;
		await Promise.all([metrics.keep(exportId), leftOut.keep(exportId)]);
	}

	/** Hears what happens, until the returned function is called. A listener that throws is logged. */
	subscribe(listener: (notice: PipelineNotice) => void): () => void {
		return this.#notices.subscribe(listener);
	}

	/** Detaches everything; idempotent. The store stays open, since it is its opener's. */
	async close(): Promise<void> {
		this.#receivers.close();
		this.#definitions.close();
		await this.#flusher.close();
		await this.#exports.close();
		await this.#observers.close();
	}

	#attempted(report: AttemptReport): void {
		const export_ = this.#exports.get(report.exportId)?.export_;
		const { config, destination } = export_ ?? {};
		logAttempt(this.#logger, report, config?.label);
		this.#notices.tell({
			kind: 'attempt',
			...report,
			...(config ? { label: config.label } : {}),
			...(destination === undefined ? {} : { destination }),
		});
	}

	#compile(given: ExportWithSink, { logger = this.#logger }: Holder): AttachedExport {
		const config = parseExportConfig(given.config);
		const { clock } = this.#ports;
		const sink = sinkFor(given, config, { clock, logger });
		return compileExport(config, sink, {
			trialSink: trialSinkOf(given, config, { clock, logger }),
			isDraining: given.removing !== undefined,
			isEndpoint: given.sink?.kind !== 'flow',
			destination: destinationOf(given.sink),
		});
	}
}

function unknownExport(exportId: string): BufferError {
	return new BufferError('ERR_EXPORT_UNKNOWN', `there is no buffer "${exportId}" here`);
}

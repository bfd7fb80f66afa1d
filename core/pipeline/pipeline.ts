/**
 * Where receivers, exports, store and sinks meet. One pipeline per store and process; nodes attach and detach as their host
 * deploys. It keeps nothing that a restart would need: rows, leases and states are the store's.
 */
import { randomBytes } from 'node:crypto';
import { MAX_EXPORTS } from '../pure/bounds';
import type { AttemptReport, DeliveryRequest } from '../delivery/attempt';
import { Flusher } from '../delivery/flusher';
import { OPEN_GATE, type Gate } from '../delivery/gate';
import type { DocumentCondition } from '../buffer/documents';
import type { AppendedEvent, Counters, Store } from '../buffer/store';
import type { DefinitionChange } from '../definitions/define';
import { exportDefinition, receiverDefinition } from '../definitions/make-definition';
import { withSecrets } from '../definitions/stored-receiver';
import { BufferError, ConfigError, CoreError, ReceiveError } from '../errors';
import type { Event } from '../event/event';
import { acceptedAnswer, errorAnswer, type Acceptance } from '../receiver/answer';
import { takeIn, type IntakePorts } from '../receiver/intake/intake';
import type { TakenEvent } from '../receiver/intake/keys';
import { isSplit } from '../receiver/intake/split';
import type { Answer, PushedRequest } from '../receiver/request';
import type { Clock } from '../runtime/clock';
import { newUuid } from '../runtime/ids';
import type { Logger } from '../runtime/logger';
import { describeThrown } from '../describe-thrown';
import type { Sink } from '../sink/sink';
import { appendEvents, appendItems } from './append-events';
import { compileExport, type AttachedExport } from './attached-export';
import { renderEvents, renderItems, type AttachedReceiver, type Holder } from './attached-receiver';
import { DefinitionQueue } from './definition-queue';
import { tellStore } from './tell-store';
import { sinkFor, type ExportWithSink } from './attached-sink';
import { holderLogger, named } from './holder-logger';
import { logRefusal } from './log-refusal';
import { countMisses } from './path-misses';
import { ProjectExports } from './project-exports';
import type { Held, HeldExport, LastFailure } from './held';
import { RateMeter } from './rates';
import { parseExportConfig, parseReceiverConfig, type ReceiverInput } from './parse-config';

/** What `subscribe` hears. */
export type PipelineNotice =
	/** The events of one request that were stored. */
	| { readonly kind: 'accepted'; readonly receiverId: string; readonly eventIds: readonly string[] }
	| { readonly kind: 'refused'; readonly receiverId: string; readonly error: CoreError }
	| ({ readonly kind: 'request' } & DeliveryRequest)
	| ({ readonly kind: 'attempt' } & AttemptReport)
	| { readonly kind: 'counters'; readonly counters: Counters };

/** Holds a receiver or export in a pipeline. */
export interface Attachment {
	/** Resolves when the store knows the exports and deliveries run; rejects with what the store said. `accept` waits for it. */
	readonly ready: Promise<void>;
	/**
	 * Aborts deliveries, waits up to 5 s for them, then releases their leases; rows stay. Ends within 8 s, also where the store
	 * does not answer. Requests get 503 until the receiver is attached again, or 404 at once where it is `gone` for good.
	 */
	detach(o?: { readonly gone?: boolean }): Promise<void>;
}

export interface PipelinePorts {
	readonly store: () => Store;
	readonly clock: Clock;
	readonly logger: Logger;
	/** Default: always open. */
	readonly gate?: Gate | undefined;
}

/** How exports come into the place of others. */
interface Change {
	readonly changes: readonly DefinitionChange[];
	/** Those of the receiver before. */
	readonly former: readonly AttachedExport[];
	/** Called once the definitions are put. */
	place(): void;
	/** Detached meanwhile. */
	isGone(): boolean;
}

export class PipelineCore {
	readonly #ports: PipelinePorts;
	readonly #intake: IntakePorts;
	readonly #flusher: Flusher;
	readonly #logger: Logger;
	readonly #receivers = new Map<string, AttachedReceiver>();
	readonly #exports = new Map<
		string,
		{ export_: AttachedExport; holder: Holder; ready: Promise<void> }
	>();
	readonly #projects = new ProjectExports();
	readonly #definitions: DefinitionQueue;
	/** Of exports whose newest attempt failed. */
	readonly #failures = new Map<string, LastFailure>();
	readonly #rates = new RateMeter();
	readonly #listeners = new Set<(notice: PipelineNotice) => void>();

	constructor(ports: PipelinePorts) {
		this.#ports = ports;
		this.#intake = { now: () => ports.clock.now(), newId: newUuid };
		this.#logger = holderLogger(ports.logger, ({ exportId, receiverId }) =>
			typeof exportId === 'string'
				? this.#exports.get(exportId)?.holder
				: this.#receivers.get(String(receiverId))?.holder,
		);
		this.#definitions = new DefinitionQueue({
			...ports,
			documents: () => ports.store().documents,
		});
		this.#flusher = new Flusher({
			...ports,
			logger: this.#logger,
			random: Math.random,
			owner: `${process.pid}-${randomBytes(4).toString('hex')}`,
			onAttempt: (report) => this.#attempted(report),
			gate: ports.gate ?? OPEN_GATE,
			onRequest: (request) => this.#tell({ kind: 'request', ...request }),
		});
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
		const parsed = parseReceiverConfig({
			...config,
			auth: withSecrets(config.auth, holder.resolveSecret),
		});
		if (exports.length > MAX_EXPORTS)
			throw new ConfigError('exports', `at most ${MAX_EXPORTS}`, exports.length);
		const pairs = exports.map((given) => ({ given, export_: this.#compile(given, holder) }));
		const compiled = pairs.map(({ export_ }) => export_);
		for (const [index, { config: one }] of compiled.entries()) {
			if (one.receiverId !== parsed.id) {
				throw new ConfigError(`exports[${index}].receiverId`, `"${parsed.id}"`, one.receiverId);
			}
			if (compiled.findIndex(({ config: other }) => other.id === one.id) !== index) {
				throw new ConfigError(`exports[${index}].id`, 'an id of its own', one.id);
			}
		}
		this.#checkHolder(this.#receivers.get(parsed.id), parsed.id, holder);
		for (const { id } of compiled) this.#checkHolder(this.#exports.get(id), id, holder);
		const former = this.#receivers.get(parsed.id);
		const attached: AttachedReceiver = {
			config: parsed,
			exports: compiled,
			holder,
			ready: Promise.resolve(),
			detached: false,
			accepted: 0,
			refused: 0,
			pathMisses: { dedupe: 0, type: 0 },
		};
		const place = (): void => {
			const { accepted, refused, pathMisses } = former ?? attached;
			this.#receivers.set(parsed.id, Object.assign(attached, { accepted, refused, pathMisses }));
		};
		if (!former || former.detached) place();
		const changes = [
			{ definition: receiverDefinition({ ...parsed, auth: config.auth }, holder), ...condition },
			...pairs.map(({ given, export_ }) => changeOf(given, export_, holder)),
		];
		attached.ready = this.#attach(compiled, holder, {
			changes,
			former: former?.exports ?? [],
			place,
			isGone: () => attached.detached,
		});
		return {
			ready: attached.ready,
			detach: async ({ gone = false } = {}) => {
				attached.detached = true;
				if (gone && this.#receivers.get(parsed.id) === attached) this.#receivers.delete(parsed.id);
				this.#definitions.detached([{ kind: 'receiver', id: parsed.id }]);
				await this.#detachExports(compiled);
			},
		};
	}

	/** Adds or replaces one export that is fed by `add`, or by all receivers of its project. Order and @throws as attachReceiver */
	attachExport(given: ExportWithSink, holder: Holder): Attachment {
		const export_ = this.#compile(given, holder);
		const former = this.#exports.get(export_.id);
		this.#checkHolder(former, export_.id, holder);
		let isGone = false;
		const ready = this.#attach([export_], holder, {
			changes: [changeOf(given, export_, holder)],
			former: [],
			place: () => {},
			isGone: () => isGone,
		});
		return {
			ready,
			detach: ({ gone = false } = {}) => {
				isGone = true;
				if (gone) this.#projects.remove(export_);
				return this.#detachExports([export_]);
			},
		};
	}

	/** Whether a receiver is attached here, or was and is being redeployed. */
	hasReceiver(receiverId: string): boolean {
		return this.#receivers.has(receiverId);
	}

	/** Takes one push from its request to its answer; never rejects and always answers. */
	async accept(receiverId: string, request: PushedRequest): Promise<Answer> {
		const receiver = this.#receivers.get(receiverId);
		try {
			if (!receiver) throw new ReceiveError('ERR_RECEIVER_UNKNOWN', 'there is no such receiver');
			if (receiver.detached) throw closing();
			const exports = await this.#projects.of(receiver);
			const taken = await takeIn(request, receiver.config, this.#intake);
			const became = await this.#append(receiverId, renderEvents(exports, taken));
			this.#countAccepted(receiver, taken);
			const events = taken.map(({ event: { id } }, at) => ({
				id,
				became: became[at] ?? 'filtered',
			}));
			const eventIds = events.flatMap((one) => (one.became === 'stored' ? one.id : []));
			if (eventIds.length > 0) this.#tell({ kind: 'accepted', receiverId, eventIds });
			return acceptedAnswer(events, isSplit(receiver.config));
		} catch (error) {
			return this.#refuse(receiverId, receiver, error);
		}
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
		const items = renderItems(held.export_, events);
		const { receiverId } = held.export_.config;
		await appendItems(this.#ports.store(), receiverId, items, (counters) =>
			this.#appended(counters),
		);
	}

	/** Closes and delivers what waits, whatever the conditions say. */
	flush(exportId: string): void {
		if (!this.#exports.has(exportId)) throw unknownExport(exportId);
		this.#flusher.flush(exportId);
	}

	/** Looks again at everything that may be due: after resume, retry now, replay, and what another process did. */
	wake(): void {
		this.#flusher.look();
	}

	/** What is attached here, for `takeSnapshot`; reads nothing. */
	held(): Held {
		return {
			receivers: [...this.#receivers.values()].map(
				({ config: { id }, holder: { label }, accepted, refused, pathMisses }) => ({
					id,
					label,
					accepted,
					refused,
					pathMisses,
				}),
			),
			exports: new Map(
				[...this.#exports].map(([id, { export_, holder }]) => {
					const lastFailure = this.#failures.get(id);
					return [
						id,
						{
							label: export_.config.label,
							holder: holder.label,
							sink: sinkState(export_.sink),
							inFlight: this.#flusher.inFlight(id),
							...(lastFailure ? { lastFailure } : {}),
						},
					];
				}),
			),
			rates: this.#rates,
		};
	}

	/** Hears what happens, until the returned function is called. A listener that throws is logged. */
	subscribe(listener: (notice: PipelineNotice) => void): () => void {
		this.#listeners.add(listener);
		return () => void this.#listeners.delete(listener);
	}

	/** Detaches everything; idempotent. The store stays open, since it is its opener's. */
	async close(): Promise<void> {
		for (const receiver of this.#receivers.values()) receiver.detached = true;
		this.#definitions.close();
		await this.#flusher.close();
		this.#exports.clear();
	}

	/** All of them or none; what became of each. */
	async #append(
		receiverId: string,
		events: readonly AppendedEvent[],
	): Promise<readonly Acceptance[]> {
		const { became, counters } = await appendEvents(this.#ports.store(), receiverId, events);
		this.#appended(counters);
		return became;
	}

	#countAccepted(receiver: AttachedReceiver, taken: readonly TakenEvent[]): void {
		receiver.accepted += taken.length;
		for (const one of taken) {
			const { config, pathMisses } = receiver;
			receiver.pathMisses = countMisses(pathMisses, config, one, this.#ports.logger);
		}
	}

	#appended(counters: readonly Counters[]): void {
		for (const one of counters) {
			this.#flusher.appended(one);
			this.#rates.sample(one, this.#ports.clock.now());
			this.#tell({ kind: 'counters', counters: one });
		}
	}

	#compile(given: ExportWithSink, { logger = this.#logger }: Holder): AttachedExport {
		const config = parseExportConfig(given.config);
		const sink = sinkFor(given, { clock: this.#ports.clock, logger });
		return compileExport(config, sink, given.removing !== undefined);
	}

	#attach(exports: readonly AttachedExport[], holder: Holder, change: Change): Promise<void> {
		const attached = this.#replaceExports(exports, holder, change);
		// Whoever attaches hears of a failure through `ready`; one that does not listen must not end the process.
		attached.catch(() => {});
		return attached;
	}

	/** Former exports stop first, so that a batch is never with the old and the new sink at once. */
	async #replaceExports(
		exports: readonly AttachedExport[],
		holder: Holder,
		{ changes, former, place, isGone }: Change,
	): Promise<void> {
		const defined = this.#definitions.put(changes);
		let begin: () => void = () => {};
		const stopped = new Promise<void>((resolve) => (begin = resolve));
		const ready = defined
			.then(() => stopped)
			.then(async () => {
				for (const export_ of exports) await tellStore(this.#ports.store(), export_);
			});
		ready.catch(() => {});
		const take = (export_: AttachedExport): void => {
			this.#exports.set(export_.id, { export_, holder, ready });
			this.#projects.add(export_, ready);
		};
		// Those that nobody has are taken at once: another holder is refused, and what comes for them waits.
		for (const export_ of exports) if (!this.#exports.has(export_.id)) take(export_);
		await defined;
		if (!isGone()) {
			place();
			const others = exports.map(({ id }) => this.#exports.get(id)?.export_);
			for (const export_ of exports) take(export_);
			for (const old of new Set([...former, ...others])) {
				if (!old || exports.includes(old)) continue;
				await this.#flusher.remove(old.id);
				// One that its receiver has no more.
				if (this.#exports.get(old.id)?.export_ === old) this.#exports.delete(old.id);
			}
		}
		begin();
		await ready;
		if (isGone()) return;
		for (const export_ of exports) {
			if (this.#exports.get(export_.id)?.export_ !== export_ || !export_.sink) continue;
			const { retry, conditions, maxInFlight } = export_.config;
			this.#flusher.add(export_.id, { sink: export_.sink, retry, conditions, maxInFlight });
		}
		await this.#definitions.attached(changes);
	}

	async #detachExports(exports: readonly AttachedExport[]): Promise<void> {
		const held = exports.filter((export_) => this.#exports.get(export_.id)?.export_ === export_);
		for (const { id } of held) {
			this.#exports.delete(id);
			this.#failures.delete(id);
		}
		this.#definitions.detached(held.map(({ id }) => ({ kind: 'export', id })));
		await Promise.all(held.map(({ id }) => this.#flusher.remove(id)));
		await Promise.all(held.map(({ sink }) => sink?.close?.()));
	}

	#checkHolder(
		former: { holder: Holder; detached?: boolean } | undefined,
		id: string,
		holder: Holder,
	): void {
		if (!former || former.detached || former.holder.key === holder.key) return;
		throw new ConfigError(
			'id',
			`an id of its own: "${id}" is held by "${former.holder.label}" and asked for by "${holder.label}"`,
		);
	}

	#refuse(receiverId: string, receiver: AttachedReceiver | undefined, cause: unknown): Answer {
		if (receiver) receiver.refused++;
		logRefusal(this.#logger, { id: receiverId, label: receiver?.holder.label }, cause);
		if (cause instanceof CoreError) this.#tell({ kind: 'refused', receiverId, error: cause });
		return errorAnswer(cause);
	}

	#attempted(report: AttemptReport): void {
		// What an endpoint writes is for who looks at the export, and for no log.
		const { answer, ...logged } = report;
		const name = named(this.#exports.get(report.exportId)?.export_.config.label, report.exportId);
		const what = `delivery of ${report.count} rows of ${name}, attempt ${report.number}: ${report.outcome}`;
		const why = report.error ? ` (${report.error.code}: ${report.error.message})` : '';
		this.#logger[report.error ? 'warn' : 'debug'](`${what}${why}`, {
			...logged,
			...(answer ? { status: answer.status } : {}),
		});
		if (report.error) {
			const failure = { at: report.startedAt, ...report.error, ...(answer ? { answer } : {}) };
			this.#failures.set(report.exportId, failure);
		} else if (report.outcome === 'ack') this.#failures.delete(report.exportId);
		this.#tell({ kind: 'attempt', ...report });
	}

	#tell(notice: PipelineNotice): void {
		for (const listener of this.#listeners) {
			try {
				listener(notice);
			} catch (error) {
				// What it is told has happened, and its failure may not hold up deliveries.
				const message = `a listener failed: ${describeThrown(error)}`;
				this.#ports.logger.error(message, { notice: notice.kind });
			}
		}
	}
}

function changeOf(
	{ sink, removing, ifRevision }: ExportWithSink,
	export_: AttachedExport,
	holder: Holder,
): DefinitionChange {
	return {
		definition: exportDefinition(export_.config, holder, { sink, removing }),
		...(ifRevision === undefined ? {} : { ifRevision }),
	};
}

function sinkState(sink: Sink | undefined): HeldExport['sink'] {
	if (!sink) return 'none';
	return sink.isReady?.() === false ? 'waiting' : 'ready';
}

function closing(): ReceiveError {
	return new ReceiveError('ERR_RECEIVER_CLOSING', 'the receiver is being redeployed; try again');
}

function unknownExport(exportId: string): BufferError {
	return new BufferError('ERR_EXPORT_UNKNOWN', `there is no buffer "${exportId}" here`);
}

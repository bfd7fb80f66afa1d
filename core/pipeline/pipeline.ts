/**
 * Where receivers, exports, store and sinks meet. One pipeline per store and process; nodes attach and detach as their host
 * deploys. It keeps nothing that a restart would need: rows, leases and states are the store's.
 */
import { randomBytes } from 'node:crypto';
import { MAX_EXPORTS } from '../pure/bounds';
import type { AttemptReport } from '../delivery/attempt';
import { Flusher } from '../delivery/flusher';
import type { Gate } from '../delivery/gate';
import type { HealthGate } from '../health/health-gate';
import type { DocumentCondition } from '../buffer/documents';
import type { AppendedEvent, Counters, Store } from '../buffer/store';
import { receiverDefinition } from '../definitions/make-definition';
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
import { appendEvents, appendItems } from './append-events';
import { compileExport, type AttachedExport } from './attached-export';
import { renderEvents, renderItems, type AttachedReceiver, type Holder } from './attached-receiver';
import { Attempts } from './attempts';
import { DefinitionQueue } from './definition-queue';
import { sinkFor, type ExportWithSink } from './attached-sink';
import { changeOf, checkHolder, HeldExports } from './held-exports';
import { openHealth } from './open-health';
import { holderLogger } from './holder-logger';
import { logRefusal } from './log-refusal';
import { countMisses } from './path-misses';
import { describeHeld, describeReceiver } from './describe-held';
import type { Held } from './held';
import { Notices, type PipelineNotice } from './notices';
import { RateMeter } from './rates';
import { parseExportConfig, parseReceiverConfig, type ReceiverInput } from './parse-config';

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
	/** Default: how the destinations are (core/health). */
	readonly gate?: Gate | undefined;
}

export class PipelineCore {
	readonly #ports: PipelinePorts;
	readonly #intake: IntakePorts;
	readonly #flusher: Flusher;
	readonly #health: HealthGate;
	readonly #gate: Gate;
	readonly #logger: Logger;
	readonly #receivers = new Map<string, AttachedReceiver>();
	readonly #exports: HeldExports;
	readonly #definitions: DefinitionQueue;
	readonly #attempts: Attempts;
	readonly #rates = new RateMeter();
	readonly #notices: Notices;

	constructor(ports: PipelinePorts) {
		this.#ports = ports;
		this.#notices = new Notices(ports.logger);
		this.#intake = { now: () => ports.clock.now(), newId: newUuid };
		this.#logger = holderLogger(ports.logger, ({ exportId, receiverId }) =>
			typeof exportId === 'string'
				? this.#exports.get(exportId)?.holder
				: this.#receivers.get(String(receiverId))?.holder,
		);
		this.#attempts = new Attempts(this.#logger);
		this.#definitions = new DefinitionQueue({
			...ports,
			documents: () => ports.store().documents,
		});
		const owner = `${process.pid}-${randomBytes(4).toString('hex')}`;
		this.#health = openHealth({
			...ports,
			logger: this.#logger,
			owner,
			onChange: (exportId, change) => this.#notices.tell({ kind: 'health', exportId, change }),
		});
		this.#gate = ports.gate ?? this.#health;
		this.#flusher = new Flusher({
			...ports,
			logger: this.#logger,
			random: Math.random,
			owner,
			onAttempt: (report) => this.#attempted(report),
			gate: this.#gate,
			onRequest: (request) => {
				this.#health.hear(request);
				this.#notices.tell({ kind: 'request', ...request });
			},
		});
		this.#exports = new HeldExports({
			...ports,
			flusher: this.#flusher,
			definitions: this.#definitions,
			attempts: this.#attempts,
			gate: this.#gate,
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
		checkHolder(this.#receivers.get(parsed.id), parsed.id, holder);
		for (const { id } of compiled) checkHolder(this.#exports.get(id), id, holder);
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
		attached.ready = this.#exports.attach(compiled, holder, {
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
				await this.#exports.detach(compiled);
			},
		};
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
		return this.#receivers.has(receiverId);
	}

	/** Takes one push from its request to its answer; never rejects and always answers. */
	async accept(receiverId: string, request: PushedRequest): Promise<Answer> {
		const receiver = this.#receivers.get(receiverId);
		try {
			if (!receiver) throw new ReceiveError('ERR_RECEIVER_UNKNOWN', 'there is no such receiver');
			if (receiver.detached) throw closing();
			const exports = await this.#exports.projects.of(receiver);
			const taken = await takeIn(request, receiver.config, this.#intake);
			const became = await this.#append(receiverId, renderEvents(exports, taken));
			this.#countAccepted(receiver, taken);
			const events = taken.map(({ event: { id } }, at) => ({
				id,
				became: became[at] ?? 'filtered',
			}));
			const eventIds = events.flatMap((one) => (one.became === 'stored' ? one.id : []));
			if (eventIds.length > 0) this.#notices.tell({ kind: 'accepted', receiverId, eventIds });
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
		if (!this.#exports.get(exportId)) throw unknownExport(exportId);
		this.#flusher.flush(exportId);
	}

	/** Claims what has become due: after resume, retry now, replay, and what another process did. */
	claimDue(): void {
		this.#gate.reload?.();
		this.#flusher.claimDue();
	}

	/** What is attached here, for `takeSnapshot`; reads nothing. */
	held(): Held {
		const o = { attempts: this.#attempts, health: this.#health };
		return {
			receivers: [...this.#receivers.values()].map(describeReceiver),
			exports: new Map(
				this.#exports
					.all()
					.map(([id, one]) => [
						id,
						describeHeld(one, { ...o, inFlight: this.#flusher.inFlight(id) }),
					]),
			),
			rates: this.#rates,
		};
	}

	/** Hears what happens, until the returned function is called. A listener that throws is logged. */
	subscribe(listener: (notice: PipelineNotice) => void): () => void {
		return this.#notices.subscribe(listener);
	}

	/** Detaches everything; idempotent. The store stays open, since it is its opener's. */
	async close(): Promise<void> {
		for (const receiver of this.#receivers.values()) receiver.detached = true;
		this.#definitions.close();
		await this.#flusher.close();
		await this.#exports.close();
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
			this.#notices.tell({ kind: 'counters', counters: one });
		}
	}

	#attempted(report: AttemptReport): void {
		this.#attempts.ended(report, this.#exports.get(report.exportId)?.export_.config.label);
		this.#notices.tell({ kind: 'attempt', ...report });
	}

	#compile(given: ExportWithSink, { logger = this.#logger }: Holder): AttachedExport {
		const config = parseExportConfig(given.config);
		const sink = sinkFor(given, { clock: this.#ports.clock, logger });
		return compileExport(config, sink, {
			isDraining: given.removing !== undefined,
			isEndpoint: given.sink?.kind !== 'flow',
		});
	}

	#refuse(receiverId: string, receiver: AttachedReceiver | undefined, cause: unknown): Answer {
		if (receiver) receiver.refused++;
		logRefusal(this.#logger, { id: receiverId, label: receiver?.holder.label }, cause);
		if (cause instanceof CoreError)
			this.#notices.tell({ kind: 'refused', receiverId, error: cause });
		return errorAnswer(cause);
	}
}

function closing(): ReceiveError {
	return new ReceiveError('ERR_RECEIVER_CLOSING', 'the receiver is being redeployed; try again');
}

function unknownExport(exportId: string): BufferError {
	return new BufferError('ERR_EXPORT_UNKNOWN', `there is no buffer "${exportId}" here`);
}

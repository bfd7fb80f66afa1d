import type { DocumentCondition } from '../buffer/documents';
import { receiverDefinition } from '../definitions/make-definition';
import { withSecrets, withVerifyTokens } from '../definitions/stored-receiver';
import { ConfigError } from '../errors';
import type { Store } from '../buffer/store';
import type { ReceiverConfig } from '../config';
import { FORMER_URL_SECRET_MS, MAX_EXPORTS } from '../pure/bounds';
import { Admission } from '../receiver/admission';
import { UrlSecrets } from '../receiver/url-secrets';
import type { Clock } from '../runtime/clock';
import { prepareReceiver } from '../receiver/intake/prepare';
import { NewestTimes } from '../receiver/newest-times';
import { RecentRequests } from '../receiver/recent-requests';
import type { AttachedExport } from './attached-export';
import type { AttachedReceiver, Holder } from './attached-receiver';
import type { ExportWithSink } from './attached-sink';
import type { Attachment } from './attachment';
import type { DefinitionQueue } from './definition-queue';
import { changeOf, checkHolder, type HeldExports } from './held-exports';
import type { Observers } from './observers';
import { parseReceiverConfig, type ReceiverInput } from './parse-receiver';
import { NO_MISSES } from './path-misses';
import { newRequestCounts } from './request-counts';

interface HeldReceiversPorts {
	readonly store: () => Store;
	readonly clock: Clock;
	readonly exports: HeldExports;
	readonly definitions: DefinitionQueue;
	readonly observers: Pick<Observers, 'attachReceiver' | 'detachReceiver' | 'secretUses'>;
	readonly compile: (given: ExportWithSink, holder: Holder) => AttachedExport;
}

/** The receivers that a pipeline holds: how they come, replace others and go, each with its exports. */
export class HeldReceivers {
	readonly #held = new Map<string, AttachedReceiver>();
	readonly #ports: HeldReceiversPorts;

	constructor(ports: HeldReceiversPorts) {
		this.#ports = ports;
	}

	get(receiverId: string): AttachedReceiver | undefined {
		return this.#held.get(receiverId);
	}

	/** The receiver that is a dataset for its clients. */
	findDataset(id: string, resource: string): AttachedReceiver | undefined {
		for (const one of this.#held.values()) {
			const { dataset } = one.config;
			if (dataset?.id === id && dataset.resource === resource) return one;
		}
		return undefined;
	}

	all(): readonly AttachedReceiver[] {
		return [...this.#held.values()];
	}

	/** Requests get 503 from now on. */
	close(): void {
		for (const receiver of this.#held.values()) receiver.detached = true;
	}

	/** See Pipeline.attachReceiver. */
	attach(
		config: ReceiverInput,
		exports: readonly ExportWithSink[],
		holder: Holder,
		condition: DocumentCondition,
	): Attachment {
		const parsed = parseReceiverConfig({
			...config,
			auth: withSecrets(config.auth, holder),
			...(config.handshake === undefined
				? {}
				: { handshake: withVerifyTokens(config.handshake, holder) }),
		});
		if (exports.length > MAX_EXPORTS)
			throw new ConfigError('exports', `at most ${MAX_EXPORTS}`, exports.length);
		const pairs = exports.map((given) => ({ given, export_: this.#ports.compile(given, holder) }));
		const compiled = pairs.map(({ export_ }) => export_);
		checkIds(parsed.id, compiled);
		const former = this.#held.get(parsed.id);
		checkHolder(former, parsed.id, holder);
		this.#checkDataset(parsed, holder);
		for (const { id } of compiled) checkHolder(this.#ports.exports.get(id), id, holder);
		const attached: AttachedReceiver = {
			config: parsed,
			prepared: prepareReceiver(parsed),
			exports: compiled,
			holder,
			ready: Promise.resolve(),
			detached: false,
			...this.#watch(parsed, former, (auth) => {
				attached.prepared = prepareReceiver({ ...parsed, auth });
				if (this.#held.get(parsed.id) === attached)
					this.#ports.observers.secretUses.attach(parsed.id, auth);
			}),
		};
		const place = (): void => {
			const { pathMisses } = former ?? attached;
			this.#held.set(parsed.id, Object.assign(attached, { pathMisses }));
			this.#ports.observers.attachReceiver(attached);
		};
		if (!former || former.detached) place();
		const changes = [
			{ definition: receiverDefinition(asGiven(parsed, config), holder), ...condition },
			...pairs.map(({ given, export_ }) => changeOf(given, export_, holder)),
		];
		const ready = this.#ports.exports.attach(compiled, holder, {
			changes,
			former: former?.exports ?? [],
			place,
			isGone: () => attached.detached,
		});
		// Who may push is known before the first push is judged.
		attached.ready = ready.then(() => attached.urlSecrets?.load());
		attached.ready.catch(() => {});
		return {
			ready: attached.ready,
			detach: ({ gone = false } = {}) => this.#detach(attached, gone),
		};
	}

	/** @throws ConfigError where another receiver is the same dataset */
	#checkDataset({ id, dataset }: ReceiverConfig, { label }: Holder): void {
		const rival = dataset && this.findDataset(dataset.id, dataset.resource);
		if (!rival || rival.detached || rival.config.id === id) return;
		const name = `${dataset.id}/${dataset.resource}`;
		throw new ConfigError(
			'dataset',
			`a dataset of its own: "${rival.holder.label}" is ${name} already, and "${label}" asks for it`,
		);
	}

	/** What is seen of its requests; what can go on does. */
	#watch(
		config: ReceiverConfig,
		former: AttachedReceiver | undefined,
		onAuth: (auth: ReceiverConfig['auth']) => void,
	): Pick<
		AttachedReceiver,
		'counts' | 'pathMisses' | 'recent' | 'admission' | 'urlSecrets' | 'newest'
	> {
		const { clock } = this.#ports;
		const hasSameLimits =
			former && JSON.stringify(former.config.limits) === JSON.stringify(config.limits);
		const urlSecrets = urlSecretsOf(config, this.#ports, onAuth);
		return {
			counts: former?.counts ?? newRequestCounts(),
			pathMisses: NO_MISSES,
			recent: former?.recent ?? new RecentRequests(),
			admission: hasSameLimits ? former.admission : new Admission(config.limits, clock.now()),
			...(urlSecrets ? { urlSecrets } : {}),
			...newestOf(config, former, this.#ports.store),
		};
	}

	async #detach(attached: AttachedReceiver, gone: boolean): Promise<void> {
		const { id } = attached.config;
		attached.detached = true;
		if (gone && this.#held.get(id) === attached) this.#held.delete(id);
		this.#ports.definitions.detached([{ kind: 'receiver', id }]);
		await this.#ports.exports.detach(attached.exports);
		// What came into its place goes on counting.
		if (this.#held.get(id)?.detached !== false) await this.#ports.observers.detachReceiver(id);
	}
}

/** Undefined where no secret stands in the URL. */
function urlSecretsOf(
	{ id, auth, formerUrlSecretMs = FORMER_URL_SECRET_MS.fallback }: ReceiverConfig,
	{ store, clock }: Pick<HeldReceiversPorts, 'store' | 'clock'>,
	onAuth: (auth: ReceiverConfig['auth']) => void,
): UrlSecrets | undefined {
	const configured = auth.flatMap((way) => (way.kind === 'url-secret' ? way.secrets : []));
	if (configured.length === 0) return undefined;
	return new UrlSecrets({
		receiverId: id,
		configured,
		formerMs: formerUrlSecretMs,
		documents: () => store().documents,
		clock,
		isShared: () => store().peers !== undefined,
		onChange: (known) =>
			onAuth(auth.map((way) => (way.kind === 'url-secret' ? { ...way, known } : way))),
	});
}

/** Where the latest events are kept. What is known of them goes on: their keys say all. */
function newestOf(
	{ id, latest }: ReceiverConfig,
	former: AttachedReceiver | undefined,
	store: HeldReceiversPorts['store'],
): Pick<AttachedReceiver, 'newest'> {
	if (!latest) return {};
	const isShared = () => store().peers !== undefined;
	return { newest: former?.newest ?? new NewestTimes({ receiverId: id, store, isShared }) };
}

/** With the references of its secrets, which are not texts. */
function asGiven(parsed: ReceiverConfig, { auth, handshake }: ReceiverInput): ReceiverConfig {
	return { ...parsed, auth, ...(typeof handshake === 'object' ? { handshake } : {}) };
}

/** @throws ConfigError where an export is of another receiver, or two have one id */
function checkIds(receiverId: string, exports: readonly AttachedExport[]): void {
	for (const [index, { config }] of exports.entries()) {
		if (config.receiverId !== receiverId)
			throw new ConfigError(`exports[${index}].receiverId`, `"${receiverId}"`, config.receiverId);
		if (exports.findIndex(({ config: other }) => other.id === config.id) !== index)
			throw new ConfigError(`exports[${index}].id`, 'an id of its own', config.id);
	}
}

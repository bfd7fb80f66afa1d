import type { DocumentCondition } from '../buffer/documents';
import { receiverDefinition } from '../definitions/make-definition';
import { withSecrets } from '../definitions/stored-receiver';
import { ConfigError } from '../errors';
import { MAX_EXPORTS } from '../pure/bounds';
import { prepareReceiver } from '../receiver/intake/prepare';
import type { AttachedExport } from './attached-export';
import type { AttachedReceiver, Holder } from './attached-receiver';
import type { ExportWithSink } from './attached-sink';
import type { Attachment } from './attachment';
import type { DefinitionQueue } from './definition-queue';
import { changeOf, checkHolder, type HeldExports } from './held-exports';
import type { Observers } from './observers';
import { parseReceiverConfig, type ReceiverInput } from './parse-receiver';

interface HeldReceiversPorts {
	readonly exports: HeldExports;
	readonly definitions: DefinitionQueue;
	readonly observers: Pick<Observers, 'attachReceiver' | 'detachReceiver'>;
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
		});
		if (exports.length > MAX_EXPORTS)
			throw new ConfigError('exports', `at most ${MAX_EXPORTS}`, exports.length);
		const pairs = exports.map((given) => ({ given, export_: this.#ports.compile(given, holder) }));
		const compiled = pairs.map(({ export_ }) => export_);
		checkIds(parsed.id, compiled);
		const former = this.#held.get(parsed.id);
		checkHolder(former, parsed.id, holder);
		for (const { id } of compiled) checkHolder(this.#ports.exports.get(id), id, holder);
		const attached: AttachedReceiver = {
			config: parsed,
			prepared: prepareReceiver(parsed),
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
			this.#held.set(parsed.id, Object.assign(attached, { accepted, refused, pathMisses }));
			this.#ports.observers.attachReceiver(attached);
		};
		if (!former || former.detached) place();
		const changes = [
			{ definition: receiverDefinition({ ...parsed, auth: config.auth }, holder), ...condition },
			...pairs.map(({ given, export_ }) => changeOf(given, export_, holder)),
		];
		attached.ready = this.#ports.exports.attach(compiled, holder, {
			changes,
			former: former?.exports ?? [],
			place,
			isGone: () => attached.detached,
		});
		return {
			ready: attached.ready,
			detach: ({ gone = false } = {}) => this.#detach(attached, gone),
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

/** @throws ConfigError where an export is of another receiver, or two have one id */
function checkIds(receiverId: string, exports: readonly AttachedExport[]): void {
	for (const [index, { config }] of exports.entries()) {
		if (config.receiverId !== receiverId)
			throw new ConfigError(`exports[${index}].receiverId`, `"${receiverId}"`, config.receiverId);
		if (exports.findIndex(({ config: other }) => other.id === config.id) !== index)
			throw new ConfigError(`exports[${index}].id`, 'an id of its own', config.id);
	}
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { fullExportId } from '../../core/config';
import { keyFileOf } from '../../core/secrets/key-file';
import { openPipeline, type Pipeline } from '../../core/pipeline/open-pipeline';
import { attachStored, type StoredDefinitions } from '../../core/pipeline/stored-definitions';
import type { BadDefinition } from '../../core/definitions/list-definitions';
import type { ExportPorts } from '../../core/pipeline/attached-sink';
import { FakeClock } from './fake-clock';

/** A pipeline over a store that can be closed and opened again, and counts what is written besides rows. */
export class DefinitionWorld {
	readonly clock = new FakeClock();
	/** Documents as `collection/id`, exports as `export <id>`. */
	readonly written: string[] = [];
	readonly reported: BadDefinition[] = [];
	readonly #directory: string | undefined;
	#store!: Store;
	#pipeline!: Pipeline;
	#api: StoredDefinitions | undefined;

	private constructor(directory: string | undefined) {
		this.#directory = directory;
	}

	static async open(kind: 'memory' | 'sqlite'): Promise<DefinitionWorld> {
		const isFile = kind === 'sqlite';
		const directory = isFile
			? path.join(await mkdtemp(path.join(tmpdir(), 'sluice-definitions-')), 'store')
			: undefined;
		const world = new DefinitionWorld(directory);
		// The files go by the clock of the machine.
		if (isFile) await world.clock.advance(Date.now() - world.clock.now());
		world.#store = await world.#open();
		await world.#start();
		return world;
	}

	get store(): Store {
		return this.#store;
	}

	get pipeline(): Pipeline {
		return this.#pipeline;
	}

	/** The API of this process; made anew by a restart. */
	async api(
		o: {
			readonly ports?: () => ExportPorts;
			readonly secrets?: Record<string, string>;
			readonly keys?: string;
		} = {},
	) {
		const { secrets = {}, keys } = o;
		this.#api ??= await attachStored({
			pipeline: this.#pipeline,
			holder: { key: 'api', label: 'sluice api', resolveSecret: (name) => secrets[name] },
			ports: o.ports,
			secretKeys: { keys, environment: {} },
			report: (bad) => void this.reported.push(bad),
		});
		return this.#api;
	}

	/** As a process that ends and starts again; what is in memory stays there. */
	async restart(): Promise<void> {
		await this.#stop();
		if (this.#directory !== undefined) {
			await this.#store.close();
			this.#store = await this.#open();
		}
		await this.#start();
	}

	async close(): Promise<void> {
		await this.#stop();
		await this.#store.close();
		if (this.#directory !== undefined) await rm(path.dirname(this.#directory), { recursive: true });
	}

	/** Of the key that the store has, where it is in a file. */
	get keyFile(): string | undefined {
		return this.#directory === undefined ? undefined : keyFileOf(this.#directory);
	}

	async #open(): Promise<Store> {
		const store = await (this.#directory === undefined
			? openStore({ kind: 'memory', clock: this.clock })
			: openStore({ kind: 'sqlite', directory: this.#directory }));
		const putExport = store.putExport.bind(store);
		store.putExport = (config) => {
			this.written.push(`export ${fullExportId(config)}`);
			return putExport(config);
		};
		const { documents } = store;
		const put = documents.put.bind(documents);
		documents.put = (collection, id, ...rest) => {
			this.written.push(`${collection}/${id}`);
			return put(collection, id, ...rest);
		};
		return store;
	}

	async #start(): Promise<void> {
		this.#pipeline = await openPipeline({ store: this.#store, clock: this.clock });
	}

	async #stop(): Promise<void> {
		await this.#api?.close();
		this.#api = undefined;
		await this.#pipeline.close();
	}
}

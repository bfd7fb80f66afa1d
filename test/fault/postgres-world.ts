import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { openStore } from '../../core/buffer/open-store';
import type { PostgresStoreOptions } from '../../core/buffer/stores/postgres/open-postgres-store';
import type { Store } from '../../core/buffer/store';
import type { Logger } from '../../core/runtime/logger';
import { startTcpProxy, type TcpProxy, throughProxy } from '../support/tcp-proxy';
import { type TestDatabase, usePostgres } from '../support/postgres';

/** What the fault tests of the postgres store work with: a schema, stores, and a proxy in between. */
export interface PostgresWorld {
	readonly database: TestDatabase;
	readonly proxy: TcpProxy;
	/** Everything that was logged. */
	readonly logged: string[];
	/** Of this test; the same for all its stores. */
	readonly schema: string;
	/** Each a process of its own, as far as the store can tell. */
	open(o?: Partial<PostgresStoreOptions> & { readonly throughProxy?: boolean }): Promise<Store>;
}

/** Long enough for a busy machine, short enough to wait for. */
export const TIMEOUT_MS = 1_000;

/** To be called in a `describe`. */
export function usePostgresWorld(): PostgresWorld {
	const database = usePostgres();
	const opened: Store[] = [];
	const logged: string[] = [];
	let proxy: TcpProxy | undefined;
	let schema = '';
	let count = 0;
	const record = (message: string, fields?: unknown) => {
		logged.push(`${message} ${inspect(fields)}`);
	};
	const logger: Logger = { debug: record, info: record, warn: record, error: record };

	beforeEach(async () => {
		schema = database.newSchema();
		logged.length = 0;
		const { hostname, port } = new URL(database.connectionString);
		proxy = await startTcpProxy({ host: hostname, port: Number(port || 5_432) });
	});
	afterEach(async () => {
		await proxy?.heal();
		await Promise.all(opened.splice(0).map((store) => store.close()));
		await proxy?.close();
		checkSecret(database.connectionString, logged);
	});

	const world: PostgresWorld = {
		database,
		logged,
		get proxy() {
			assert.ok(proxy);
			return proxy;
		},
		get schema() {
			return schema;
		},
		async open({ throughProxy: isThroughProxy = false, ...o } = {}) {
			const { connectionString } = database;
			const url = new URL(
				isThroughProxy ? throughProxy(connectionString, world.proxy) : connectionString,
			);
			// Openers with the same string share an engine.
			url.searchParams.set('fallback_application_name', `fault-${count++}`);
			const store = await openStore({
				kind: 'postgres',
				connectionString: url.href,
				schema,
				timeoutMs: TIMEOUT_MS,
				logger,
				...o,
			});
			opened.push(store);
			return store;
		},
	};
	return world;
}

/** No password in anything that a person or a log sees, causes included. */
export function checkSecret(connectionString: string, shown: readonly unknown[]): void {
	const { password } = new URL(connectionString);
	if (password === '') return;
	for (const one of shown) {
		const text = typeof one === 'string' ? one : inspect(one, { depth: 12, showHidden: true });
		assert.ok(!text.includes(decodeURIComponent(password)), 'the password is shown');
	}
}

/** What a sender's receiver needs to answer 503 with Retry-After (S61). */
export async function assertUnavailable(call: Promise<unknown>): Promise<Error> {
	let found: Error | undefined;
	await assert.rejects(call, (error: Error & Record<string, unknown>) => {
		found = error;
		const { code, retryable, retryAfterMs } = error;
		assert.deepEqual({ code, retryable }, { code: 'ERR_STORE_UNAVAILABLE', retryable: true });
		assert.ok(Number(retryAfterMs) > 0, 'with retryAfterMs');
		return true;
	});
	assert.ok(found);
	return found;
}

import { createHash, randomBytes, randomInt } from 'node:crypto';
import { type Clock, systemClock } from '../../../runtime/clock';
import { type Logger, silentLogger } from '../../../runtime/logger';
import type { Store } from '../../store';
import { checkDurability, type Durability } from '../durability';
import type { LimitInput } from '../limits';
import { shareStore } from '../registry';
import { TOLD_FROM_MS } from '../store-time';
import {
	checkPostgresLimits,
	checkSchema,
	checkTimeout,
	type PostgresLimits,
} from './check-options';
import { Connection } from '../../../postgres/connection';
import { checkConnectionString } from '../../../postgres/connection-string';
import type { Engine } from './engine';
import { Hints } from './hints';
import { newPeer } from './peers';
import { openDatabase } from './open-database';
import { SLOTS_PER_HANDLE } from './lines';
import { PostgresStore } from './postgres-store';
import { StoreClock } from './store-clock';
import { storeFailures } from './store-failures';

export interface PostgresStoreOptions {
	readonly kind: 'postgres';
	/** `postgres://user:password@host:port/database?sslmode=…`; never shown in messages. */
	readonly connectionString: string;
	/** Made when missing; default `sluice`. Stores in different schemas know nothing of each other. */
	readonly schema?: string | undefined;
	/** Most milliseconds of a statement, 100 … 600,000; default 10 s. Then append fails, and the connection is made anew. */
	readonly timeoutMs?: number | undefined;
	readonly limits?: LimitInput<PostgresLimits>;
	/** Default full: an answer means that the server has it on its disk. normal: accepts a server that does not promise that. */
	readonly durability?: Durability | undefined;
	readonly clock?: Clock;
	/** Hears of lost connections, damage and settings that weaken the promise. */
	readonly logger?: Logger;
}

/** Handles that have slots of counters to themselves (S56); more share them. */
const HANDLES = 4;

/** As `openStore`. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
	const connectionString = checkConnectionString(
		options.connectionString,
		'store.connectionString',
	);
	const schema = checkSchema(options.schema);
	const timeoutMs = checkTimeout(options.timeoutMs);
	const limits = checkPostgresLimits(options.limits);
	const durability = checkDurability(options.durability);
	const { clock = systemClock, logger = silentLogger } = options;
	const name = createHash('sha256').update(connectionString).digest('hex');
	return shareStore(`postgres:${name}:${schema}`, async () => {
		const warn = (message: string) => logger.warn(message, { schema });
		const common = { connectionString, schema, timeoutMs, failures: storeFailures, warn };
		const channel = `sluice_${schema}`;
		const sender = randomBytes(8).toString('hex');
		const listener = { channel, onNotification: (payload?: string) => hints.heard(payload) };
		const peer = newPeer(lockKey(`peer ${schema}`));
		const work = new Connection({ ...common, listen: listener, beginSession: peer.statement });
		const hints = new Hints(clock, work, channel, sender);
		try {
			const opened = await openDatabase(work, schema, { durability, clock });
			for (const warning of opened.warnings) warn(warning);
			const engine: Engine = {
				storeId: opened.storeId,
				clock: new StoreClock(clock, opened.server, opened.past),
				known: new Map(),
				locks: { export: lockKey(`export ${schema}`), claim: lockKey(`claim ${schema}`) },
				warn,
			};
			const another = () => new Connection(common);
			const connections = { append: another(), work, admin: another(), read: another() };
			const slot = randomInt(HANDLES) * SLOTS_PER_HANDLE;
			const { warnings, engine: version, isDurable, setBackMs } = opened;
			const server = { engine: version, isDurable };
			const store = new PostgresStore(
				{
					engine,
					connections,
					slot,
					limits,
					hints,
					clock,
					server,
					warnings,
					peers: peer.peers(connections.admin),
				},
				schema,
			);
			if (setBackMs >= TOLD_FROM_MS) store.tellJump({ ms: -setBackMs, isAtOpen: true });
			return store;
		} catch (error) {
			hints.close();
			await work.close();
			throw error;
		}
	});
}

/** First key of advisory locks, the same in every process. */
function lockKey(name: string): number {
	return createHash('sha256').update(`sluice ${name}`).digest().readInt32BE(0);
}

import { silentLogger, type Logger } from '../runtime/logger';
import { systemClock, type Clock } from '../runtime/clock';
import { describeThrown } from '../describe-thrown';
import { CoreError } from '../errors';
import { blockList, validateCidrs } from '../event/networks';
import { sealAllAgain } from '../definitions/seal-all-again';
import type { Store } from '../buffer/store';
import { openSecrets, type SecretsOptions } from '../secrets/open-secrets';
import type { Listener } from '../receiver/listener/listener';
import { Access } from './access/access';
import { CredentialUses } from './access/credential-uses';
import { Audit } from './access/audit';
import { Refusals } from './access/refusals';
import type { AccessCore, ApiCore } from './api-core';
import type { ApiTables } from './api-tables';
import { Tasks } from './keboola/tasks/tasks';
import { callOperation } from './call-operation';
import type { Exposure } from './exposure';
import { serveLocal, type AnswerLocal, type LocalServer } from './local/local-server';
import type { LeavePlace } from '../receiver/listener/places';
import { mountApi, type MountedApi } from './mount-api';
import type { Dialect } from './route';
import { sluiceErrors } from './sluice/error-form';
import { accessRoutes, sluiceDialect } from './sluice/sluice-dialect';

export interface ApiOptions extends Pick<ApiCore, 'pipeline' | 'stored' | 'maxConnectors'> {
	readonly listener: Pick<Listener, 'mount' | 'port'>;
	readonly exposure: Exposure;
	/** Whom to name where somebody else wants a place. */
	readonly holder: { readonly label: string };
	/** Beside our own, which is always there. Default: none. */
	readonly dialects?: readonly Dialect<ApiCore>[] | undefined;
	/** By which clients reach it, such as `https://events.example.com`; default: scheme, host and port of the listener. */
	readonly baseUrl?: string | undefined;
	/** Where exports that are made over an API load their tables; default: nowhere, and such exports are refused. */
	readonly tables?: ApiTables | undefined;
	/** Networks of proxies whose `X-Forwarded-For` says who the client is. Default: none. */
	readonly trustedProxies?: readonly string[] | undefined;
	readonly logger?: Logger | undefined;
	readonly clock?: Clock | undefined;
	/** As those of `attachStored`. */
	readonly secretKeys?: Pick<SecretsOptions, 'keys' | 'environment'> | undefined;
}

export interface Api {
	/** Every refused request since it was opened, by code. */
	readonly refused: ReadonlyMap<string, number>;
	/** Its places answer 503 for a while, with `gone` 404 at once. Before the pipeline and `stored`. Idempotent. */
	close(o?: { readonly gone?: boolean }): Promise<void>;
}

/**
 * Serves APIs over a pipeline, and the command line of its store's machine. Without that (a directory on which there are no sockets) it
 * goes on, and the log says so.
 *
 * @throws ConfigError where the listener is none for an API, a proxy is no network, or a place is taken: it names both holders
 */
export async function openApi(o: ApiOptions): Promise<Api> {
	const { pipeline, listener, exposure, holder, dialects = [] } = o;
	const { logger = silentLogger, clock = systemClock } = o;
	validateCidrs(o.trustedProxies ?? [], 'trustedProxies');
	const core = apiCore({ ...o, baseUrl: o.baseUrl ?? baseUrlOf(o) });
	await core.tasks.resume();
	const refusals = new Refusals(logger);
	const uses = new CredentialUses({
		documents: core.access.documents,
		clock,
		onError: (error) =>
			logger.warn(`when credentials were used is not kept: ${describeThrown(error)}`),
	});
	const access = new Access(core.access, uses);
	const mounted: MountedApi<ApiCore> = {
		listener,
		dialects: [sluiceDialect, ...dialects],
		exposure,
		holder,
		watched: {
			key: `API of ${holder.label}`,
			// Whether pushes are taken is told by receivers.
			reasons: async () => [],
			samples: async () => refusals.samples(),
		},
		ports: {
			core,
			access,
			audit: core.audit,
			refusals,
			clock,
			logger,
			...(o.trustedProxies ? { proxies: blockList(o.trustedProxies) } : {}),
		},
	};
	const leave = await mountOr(mounted, () => core.tasks.close());
	const local = await listenToCommandLine(pipeline.store, localAnswers(core, clock), logger);
	return {
		refused: refusals.counts,
		async close(how) {
			leave({ gone: false, ...how });
			await Promise.all([local?.close(), uses.close(), core.tasks.close()]);
		},
	};
}

async function mountOr(
	mounted: MountedApi<ApiCore>,
	otherwise: () => Promise<void>,
): Promise<LeavePlace> {
	try {
		return mountApi(mounted);
	} catch (error) {
		await otherwise();
		throw error;
	}
}

function baseUrlOf({ exposure, listener }: Pick<ApiOptions, 'exposure' | 'listener'>): string {
	const { hasTls = false, names = [], host = 'localhost' } = exposure;
	const name = names[0] ?? (host.includes(':') ? `[${host}]` : host);
	return `${hasTls ? 'https' : 'http'}://${name}:${listener.port}`;
}

/** What the routes of all dialects call; its tasks are begun by whoever serves it. */
export function apiCore({
	pipeline,
	stored,
	baseUrl,
	tables,
	maxConnectors,
	...o
}: Pick<
	ApiOptions,
	'pipeline' | 'stored' | 'maxConnectors' | 'tables' | 'clock' | 'logger' | 'secretKeys'
> & {
	readonly baseUrl: string;
}): ApiCore & { readonly tasks: Tasks } {
	const { clock = systemClock, logger = silentLogger } = o;
	const own = accessCore(pipeline.store, o);
	const { documents } = own.access;
	return {
		...own,
		// What is attached goes on by what was sealed anew.
		sealDefinitions: () => stored.sealAgain(),
		pipeline,
		stored,
		baseUrl: baseUrl.replace(/\/+$/, ''),
		tables,
		maxConnectors,
		tasks: new Tasks({ documents, stored, tables, clock, logger }),
	};
}

/** What routes about access need, over a store. */
export function accessCore(
	store: Pick<Store, 'documents' | 'kind' | 'directory'>,
	{
		logger = silentLogger,
		clock = systemClock,
		secretKeys,
	}: Pick<ApiOptions, 'logger' | 'clock' | 'secretKeys'> = {},
): AccessCore {
	const { documents } = store;
	const secrets = openSecrets({ store, logger, ...secretKeys });
	return {
		access: { documents, secrets, clock },
		audit: new Audit({ documents, clock, logger }),
		sealDefinitions: () => sealAllAgain(documents, secrets),
	};
}

/** The operations of access, as the command line asks for them: through the socket, or over a store that it has opened itself. */
export function localAnswers(core: AccessCore, clock: Clock = systemClock): AnswerLocal {
	return (call) =>
		callOperation(call, {
			routes: accessRoutes,
			errorForm: sluiceErrors,
			core,
			audit: core.audit,
			now: () => clock.now(),
		});
}

async function listenToCommandLine(
	{ kind, directory }: Pick<Store, 'kind' | 'directory'>,
	answers: AnswerLocal,
	logger: Logger,
): Promise<LocalServer | undefined> {
	// Of a shared store the command line is one more process.
	if (kind !== 'sqlite' || directory === undefined) return undefined;
	try {
		return await serveLocal(directory, answers, logger);
	} catch (error) {
		if (!(error instanceof CoreError)) throw error;
		logger.warn(`the command line cannot reach this process: ${error.message}`, {
			code: error.code,
		});
		return undefined;
	}
}

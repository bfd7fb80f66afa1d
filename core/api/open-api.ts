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
import { callOperation } from './call-operation';
import type { Exposure } from './exposure';
import { serveLocal, type AnswerLocal, type LocalServer } from './local/local-server';
import { mountApi } from './mount-api';
import type { Dialect } from './route';
import { sluiceErrors } from './sluice/error-form';
import { accessRoutes, sluiceDialect } from './sluice/sluice-dialect';

export interface ApiOptions extends Pick<ApiCore, 'pipeline' | 'stored' | 'maxConnectors'> {
	readonly listener: Pick<Listener, 'mount'>;
	readonly exposure: Exposure;
	/** Whom to name where somebody else wants a place. */
	readonly holder: { readonly label: string };
	/** Beside our own, which is always there. Default: none. */
	readonly dialects?: readonly Dialect<ApiCore>[] | undefined;
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
	const { pipeline, stored, listener, exposure, holder, dialects = [] } = o;
	const { logger = silentLogger, clock = systemClock } = o;
	validateCidrs(o.trustedProxies ?? [], 'trustedProxies');
	const core: ApiCore = {
		...accessCore(pipeline.store, o),
		// What is attached goes on by what was sealed anew.
		sealDefinitions: () => stored.sealAgain(),
		pipeline,
		stored,
		maxConnectors: o.maxConnectors,
	};
	const refusals = new Refusals(logger);
	const uses = new CredentialUses({
		documents: core.access.documents,
		clock,
		onError: (error) =>
			logger.warn(`when credentials were used is not kept: ${describeThrown(error)}`),
	});
	const access = new Access(core.access, uses);
	const leave = mountApi({
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
	});
	const local = await listenToCommandLine(pipeline.store, localAnswers(core, clock), logger);
	return {
		refused: refusals.counts,
		async close(how) {
			leave({ gone: false, ...how });
			await Promise.all([local?.close(), uses.close()]);
		},
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

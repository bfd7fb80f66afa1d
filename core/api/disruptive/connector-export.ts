/** What a connector is as an export: each event at once, in a request of its own, until it was taken or is 12 h old (D7, D43–D53). */
import { ConfigError, DeliveryError } from '../../errors';
import { projectOwner } from '../../config';
import type { ApiExport } from '../../pipeline/stored-definitions';
import type { ApiReach } from '../../sink/api-reach';
import { checkUrl } from '../../sink/http/guard';
import { validateUrl } from '../../sink/http/validate-url';
import type { ConnectorDefinition } from './connector';
import type { ConnectorChange, NewConnector } from './connector-input';

/** Requests of a connector that may be under way at once. */
const IN_FLIGHT = 10;

export function newExport(project: string, id: string, given: NewConnector): ApiExport {
	const { displayName, events, labels, url, signatureSecret, headers, status } = given;
	return {
		config: {
			id,
			receiverId: projectOwner(project),
			label: displayName || id,
			filter: { types: events },
			output: 'event',
			conditions: { count: 1, time: '1s' },
			retry: { preset: 'disruptive' },
			health: { giveUp: { action: 'disable' } },
			maxInFlight: IN_FLIGHT,
			state: status,
		},
		sink: {
			kind: 'http',
			url,
			send: 'row',
			body: 'connector',
			labels,
			headers,
			signatures: signaturesOf(signatureSecret),
			retryAllStatuses: true,
		},
	};
}

/** @param definition with references in the places of its secrets: those that do not change stay sealed as they are */
export function changedExport(
	{ config, sink }: ConnectorDefinition,
	{ displayName, events, labels, url, signatureSecret, headers }: ConnectorChange,
): ApiExport {
	return {
		config: {
			...config,
			...(displayName === undefined ? {} : { label: displayName || config.id }),
			...(events === undefined ? {} : { filter: { ...config.filter, types: events } }),
		},
		sink: {
			...sink,
			...(labels === undefined ? {} : { labels }),
			...(url === undefined ? {} : { url }),
			...(signatureSecret === undefined ? {} : { signatures: signaturesOf(signatureSecret) }),
			...(headers === undefined ? {} : { headers }),
		},
	};
}

function signaturesOf(secret: string) {
	return secret === '' ? [] : [{ kind: 'body-jwt', secrets: [secret] } as const];
}

/** An address that could never be reached is refused where it is given, not at each event. @throws ConfigError */
export function requireReachable(url: string, reach: ApiReach): void {
	validateUrl(url, 'sink.url');
	try {
		checkUrl(new URL(url), { ...reach, origin: 'dynamic' });
	} catch (error) {
		if (!(error instanceof DeliveryError)) throw error;
		throw new ConfigError('sink.url', `an address that can be reached: ${error.message}`);
	}
}

/** Where a client has what our configuration has there. */
const PLACES: readonly (readonly [ours: string, theirs: string])[] = [
	['sink.url', 'httpConfig.url'],
	['sink.headers', 'httpConfig.headers'],
	['sink.signatures[0].secrets[0]', 'httpConfig.signatureSecret'],
	['sink.labels', 'labels'],
	['filter.types', 'events'],
	['label', 'displayName'],
	['receiverId', 'project'],
];

/** Errors name what the client knows. */
export async function inTheirWords<T>(change: () => Promise<T>): Promise<T> {
	try {
		return await change();
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		const { path, expected } = error.details as { path: string; expected: string };
		const [ours, theirs] = PLACES.find(([one]) => path.startsWith(one)) ?? ['', ''];
		const words = expected.replace('exports', 'data connectors');
		throw new ConfigError(`${theirs}${path.slice(ours.length)}`, words);
	}
}

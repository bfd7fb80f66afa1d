import { clientIp } from '../event/client-ip';
import { createEvent } from '../event/create-event';
import type { Event } from '../event/event';
import { exactBody, refuseDeepBody } from '../event/body';
import { bodyKind } from '../event/body-kind';
import { keyText } from '../event/numbers';
import { normalizePath } from '../event/path-spelling';
import { ReceiveError } from '../errors';
import { readPath } from '../pure/path';
import { normalizeHeaders, readBody, type PushedRequest } from '../receiver/request';
import { withoutSecrets } from '../receiver/without-secrets';
import type { Clock } from '../runtime/clock';
import type { Logger } from '../runtime/logger';
import { newUuid } from '../runtime/ids';
import { authenticate, isSecretInUrl, secretPartsOf } from '../signature/authenticate';
import type { AttachedExport, Rendered } from './attached-export';
import type { KeyPath, ReceiverConfig } from '../config';
import type { PathMisses } from './path-misses';

/** A receiver that a pipeline holds, with its exports. */
export interface AttachedReceiver {
	readonly config: ReceiverConfig;
	readonly exports: readonly AttachedExport[];
	readonly holder: Holder;
	/** Resolves when the store knows all exports. */
	ready: Promise<void>;
	/** Answers 503 from now on. */
	detached: boolean;
	accepted: number;
	refused: number;
	pathMisses: PathMisses;
}

/** Who holds a receiver or export: key is the identity (a node's id), label is for people, logger hears what concerns it. */
export interface Holder {
	readonly key: string;
	readonly label: string;
	/** Default: that of the pipeline. */
	readonly logger?: Logger | undefined;
}

/**
 * The way of a request up to the store: method → body → authentication → event. Nothing is stored here.
 *
 * @throws ReceiveError, SignatureError
 */
export async function receive(
	receiver: AttachedReceiver,
	request: PushedRequest,
	clock: Clock,
): Promise<Event> {
	const { config } = receiver;
	if (request.method.toUpperCase() !== 'POST') {
		throw new ReceiveError('ERR_METHOD', 'only POST is accepted here');
	}
	const headers = normalizeHeaders(request.headers);
	const body = await readBody(request, config.maxBodyBytes);
	const { path, urlSecret } = splitSecret(normalizePath(request.path), config);
	const receivedAt = clock.now();
	const method = request.method.toUpperCase();
	const { query, target } = request;
	await authenticate(
		{ method, target, query, headers, body, urlSecret, now: receivedAt },
		config.auth,
	);
	const secrets = secretPartsOf(config.auth);
	const open = withoutSecrets(
		{ headers, query },
		{ ...secrets, headers: [...(config.secretHeaders ?? []), ...secrets.headers] },
	);
	const event = createEvent({
		id: newUuid(receivedAt),
		receivedAt,
		ip: clientIp(request.remoteAddress),
		headers: open.headers,
		body,
		readAs: config.readBodyAs === 'type' ? undefined : config.readBodyAs,
		receiverId: config.id,
		method,
		path,
		...(open.query ? { query: open.query } : {}),
	});
	refuseDeepBody(event);
	return config.typePath === undefined && !config.dedupe ? event : withKeys(event, config);
}

/** The rows of an event in all exports: all of them, or a throw (K69). */
export function renderAll(exports: readonly AttachedExport[], event: Event): Rendered[] {
	const rendered: Rendered[] = [];
	for (const export_ of exports) {
		const one = export_.render(event);
		if (one) rendered.push(one);
	}
	return rendered;
}

/** The rows of items of the flow in one export, none of which any later step may fail on. @throws as renderAll, ReceiveError */
export function renderItems(export_: AttachedExport, events: readonly Event[]): Rendered[] {
	for (const event of events) refuseDeepBody(event);
	return events.flatMap((event) => renderAll([export_], event));
}

/** The secret is no part of the event's path: rows, logs and flows must not carry it. */
function splitSecret(path: string, config: ReceiverConfig): { path: string; urlSecret?: string } {
	if (!isSecretInUrl(config.auth)) return { path };
	const cut = path.lastIndexOf('/');
	return { path: path.slice(0, Math.max(cut, 0)) || '/', urlSecret: path.slice(cut + 1) };
}

function withKeys(event: Event, config: ReceiverConfig): Event {
	const type = config.typePath === undefined ? undefined : keyAt(event, config.typePath);
	const dedupeKey = config.dedupe ? keyAt(event, config.dedupe.keyPath) : undefined;
	return {
		...event,
		...(type === undefined ? {} : { type }),
		...(dedupeKey === undefined ? {} : { dedupeKey }),
	};
}

/** Text of a string, number or boolean in the body; anything else, and a body that cannot be read, has no key. */
function keyAt(event: Event, path: KeyPath): string | undefined {
	try {
		// A text has no places, though it may look like JSON: the receiver can be told to read it so.
		if (bodyKind(event) === 'text' || bodyKind(event) === 'binary') return undefined;
		return keyText(readPath(exactBody(event), path));
	} catch {
		return undefined;
	}
}

import type { Batch } from '../../buffer/store';
import { HTTP_TIMEOUT_MS, OPENDATASOFT_RECORDS } from '../../pure/bounds';
import { createHttpTarget, type HttpPorts, type HttpTarget } from '../http/http-target';
import type { PushOptions } from '../http/push-options';
import { putAsideOf, settleRows, type TriedRow } from '../http/settle-rows';
import type { UnreadableRow } from '../read-rows';
import type { Attempt, Permit, Sink } from '../sink';
import { addressesOf, type Addresses } from './addresses';
import { bodyOf, chunksOf, type Chunk } from './chunks';
import type { Dataset } from './opendatasoft-config';
import { readAnswer } from './read-answer';

const TOO_LARGE = 413;
const NO_BODY = new Uint8Array(0);

interface Resource {
	readonly target: HttpTarget;
	readonly addresses: Addresses;
}

/**
 * Pushes records to a realtime dataset, and deletes them there: one request after the other (O42), each with as many records as it may
 * carry (O38). The first that comes again ends the attempt, and what was not sent is held; a request that is too large for more than one
 * record is halved (O40).
 *
 * @throws ConfigError
 */
export function createOpendatasoftSink(config: Dataset, ports: HttpPorts = {}): Sink {
	const { pushKey, operation = 'push' } = config;
	const { origin, allowHttp, allowedCidrs, ca, clientCertificate, proxy } = config;
	const { timeoutMs = HTTP_TIMEOUT_MS.fallback, idField = 'recordid' } = config;
	const { maxRecords = OPENDATASOFT_RECORDS.fallback } = config;
	const addresses = addressesOf(config);
	const way = { origin, allowHttp, allowedCidrs, ca, clientCertificate, proxy };
	const endpoint = { url: addresses.push, timeoutMs, ...way };
	const target = createHttpTarget(endpoint, { ...ports, readAnswer, secrets: [pushKey] });
	return {
		async deliver(batch, attempt) {
			const unreadable: UnreadableRow[] = [];
			const chunks = chunksOf(batch, { operation, maxRecords, idField, unreadable });
			const sent = await sendAll({ target, addresses }, chunks, { batch, attempt });
			attempt.onPutAside?.(putAsideOf(sent.tried, unreadable));
			return settleRows(sent.tried, { count: batch.count, unreadable, stoppedBy: sent.stoppedBy });
		},
		asksPermits: true,
		close: () => target.close(),
	};
}

interface SentRows {
	readonly tried: readonly TriedRow[];
	readonly stoppedBy?: Exclude<Permit, 'granted'> | undefined;
}

/** @throws what reading the chunks throws */
async function sendAll(
	resource: Resource,
	chunks: AsyncIterable<Chunk>,
	{ batch, attempt }: { readonly batch: Batch; readonly attempt: Attempt },
): Promise<SentRows> {
	const { signal, onRequest } = attempt;
	const { idempotencyKey } = batch;
	const tried: TriedRow[] = [];
	let stoppedBy: SentRows['stoppedBy'];
	/** @returns whether the next one may go */
	const send = async (chunk: Chunk): Promise<boolean> => {
		const permit = await attempt.permit();
		if (permit !== 'granted') stoppedBy = permit;
		if (permit !== 'granted' || signal.aborted) return false;
		const { body, to } = requestOf(chunk, resource.addresses);
		const { records } = chunk;
		const options = { to, idempotencyKey, rows: records.length, signal, onRequest };
		const { outcome } = await resource.target.push(body, options);
		// What we broke off ourselves says nothing about the dataset.
		if (signal.aborted && outcome.kind === 'retry') return false;
		if (outcome.answer?.status === TOO_LARGE && records.length > 1) return sendHalves(chunk);
		for (const { position } of records) tried.push({ position, outcome });
		return outcome.kind !== 'retry';
	};
	const sendHalves = async (chunk: Chunk): Promise<boolean> => {
		const half = Math.ceil(chunk.records.length / 2);
		const [first, second] = [chunk.records.slice(0, half), chunk.records.slice(half)];
		return (await send({ ...chunk, records: first })) && send({ ...chunk, records: second });
	};
	for await (const chunk of chunks) if (!(await send(chunk))) break;
	return { tried, stoppedBy: signal.aborted ? 'aborted' : stoppedBy };
}

function requestOf(
	{ operation, records }: Chunk,
	addresses: Addresses,
): { readonly body: Uint8Array; readonly to: PushOptions['to'] } {
	if (operation === 'deleteById') {
		const url = addresses.deleteById(records[0]?.recordId ?? '');
		return { body: NO_BODY, to: { method: 'GET', url } };
	}
	return { body: bodyOf(records), to: { method: 'POST', url: addresses[operation] } };
}

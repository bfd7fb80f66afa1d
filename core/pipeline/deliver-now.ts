import type { Batch, Outcome } from '../buffer/store';
import { trySink } from '../delivery/try-sink';
import { CoreError, DeliveryError } from '../errors';
import { systemClock } from '../runtime/clock';
import { newUuid } from '../runtime/ids';
import { checkRows, createSink, type SinkConfig } from '../sink/create-sink';
import type { Attempt, Sink } from '../sink/sink';
import type { CompleteFile } from '../sink/files/files-now';
import type { SinkPorts } from '../sink/sink-kind';
import { textRows, unstoredBatch } from '../sink/unstored-batch';

/** How long a file waits for another run that writes beside it. */
const FILE_WAIT_MS = 20_000;
/** In messages, in the place of an export. */
const SHOWN_AS = 'these records';

export interface NowOptions {
	/** Names of the fields of records, in the order of columns; only what needs columns looks at it. */
	readonly columns?: readonly string[] | undefined;
	/** Who delivers: its id stays the same from run to run and is that of no export. */
	readonly who: { readonly id: string; readonly label: string };
	/** By which files and tables know the batch when it comes again: for other records another one. */
	readonly key: string;
	readonly ports?:
		Pick<SinkPorts, 'databases' | 'directories' | 'resolveSecret' | 'transport'> | undefined;
	readonly logger?: SinkPorts['logger'];
	readonly signal?: AbortSignal | undefined;
}

/** What became of records that were delivered now. */
export interface DeliveredNow {
	/** Of each record, in order, why it was not taken; undefined where it was. */
	readonly errors: readonly (CoreError | undefined)[];
	/** Position of the first one that was refused by itself, and not together with others. */
	readonly atFault: number | undefined;
	/** Of a directory: the file with the records. */
	readonly file?: CompleteFile | undefined;
}

/**
 * Delivers records now, in one batch that no store has, and waits for what becomes of each. Nothing is kept and nothing comes again: who
 * calls decides about what was not taken, and gives the same key where it calls again with the same records.
 *
 * @param records JSON texts, at least one
 * @throws ConfigError as `createSink` and `checkRows`
 */
export async function deliverNow(
	config: SinkConfig,
	records: readonly string[],
	o: NowOptions,
): Promise<DeliveredNow> {
	const columns = o.columns?.map((name) => ({ type: 'path', name }) as const);
	// One batch, by itself.
	const rules = { order: 'strict', maxInFlight: 1 } as const;
	checkRows(config, { output: 'record', columns, ...rules }, '');
	const files: CompleteFile[] = [];
	const filesNow = { onFile: (file: CompleteFile) => void files.push(file), waitMs: FILE_WAIT_MS };
	const who = { exportId: o.who.id, label: o.who.label };
	const sink = createSink(config, { ...o.ports, rules, filesNow, who, logger: o.logger }, '');
	const idempotencyKey = `${who.exportId}/${o.key}`;
	try {
		const batch = batchOf(records, { id: o.key, columns, idempotencyKey });
		const { outcome, refused } = await tryOnce(sink, batch, o.signal);
		const errors = errorsOf(outcome, records.length, refused);
		const atFault = errors.findIndex((error, i) => error && refused.has(i));
		return {
			errors,
			atFault: atFault < 0 ? undefined : atFault,
			file: files.find(({ keys }) => keys.includes(idempotencyKey)),
		};
	} finally {
		await sink.close?.();
	}
}

function batchOf(
	records: readonly string[],
	{
		columns,
		...own
	}: Pick<Batch, 'id' | 'idempotencyKey'> & { columns: Batch['columns'] | undefined },
): Batch {
	const receivedAt = systemClock.now();
	const exportId = SHOWN_AS;
	return unstoredBatch(
		{
			...own,
			...{ exportId, mappingRevision: 1, output: 'record', reason: 'now' },
			...(columns ? { columns } : {}),
		},
		textRows(records, { exportId, receivedAt, eventIdOf: () => newUuid(receivedAt) }),
	);
}

async function tryOnce(
	sink: Sink,
	batch: Batch,
	signal = new AbortController().signal,
): Promise<{ readonly outcome: Outcome; readonly refused: ReadonlyMap<number, CoreError> }> {
	const refused = new Map<number, CoreError>();
	const attempt: Attempt = {
		number: 1,
		startedAt: batch.firstAt,
		signal,
		permit: async () => 'granted',
		onRequest: () => {},
		onPutAside: (rows) => rows.forEach(({ position, error }) => refused.set(position, error)),
	};
	return { outcome: await trySink(sink, batch, attempt, systemClock), refused };
}

/** Of each row. */
function errorsOf(
	outcome: Outcome,
	count: number,
	refused: ReadonlyMap<number, CoreError>,
): (CoreError | undefined)[] {
	const errors = Array.from({ length: count }, (_, i) => refused.get(i));
	if (outcome.kind === 'ack') return errors;
	if (outcome.kind === 'release') return errors.map((own) => own ?? brokenOff());
	const { error } = outcome;
	if (outcome.kind !== 'split') return errors.map((own) => own ?? error);
	const failed = new Set([...outcome.retry, ...outcome.dead]);
	const held = new Set(outcome.hold);
	// What the rows that failed have in common stands behind it.
	const isPartial = error.code === 'ERR_BATCH_PARTIAL' && error.cause instanceof CoreError;
	const cause = isPartial ? (error.cause as CoreError) : error;
	return errors.map((own, i) => {
		if (own) return own;
		if (held.has(i)) return notSent(cause);
		return failed.has(i) ? cause : undefined;
	});
}

function brokenOff(): DeliveryError {
	return new DeliveryError('ERR_SINK_UNAVAILABLE', 'it was broken off before it had ended');
}

function notSent({ code, message, details }: CoreError): DeliveryError {
	const why = `not sent, since one before it failed: ${message}`;
	return new DeliveryError(code, why, { details });
}

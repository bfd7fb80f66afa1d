import {
	CoreError,
	joinJson,
	jsonText,
	MappingError,
	putAside,
	tokenState,
	withoutCredentials,
} from '../../core/index';
import { tokenOf, type BatchMessage } from './batch-message';

/** Rows of a message that went through. */
export interface WorkedRows<T> {
	readonly rows: readonly unknown[];
	readonly values: readonly T[];
}

/**
 * Does the same to each row of a message that is still the batch it left its buffer as, row by row. A row for which that throws is
 * put aside alone, and `msg.sluice` counts the others.
 *
 * @returns undefined where the payload is no list of the batch's rows, or the batch does not wait for a settlement
 * @throws the error of the first row where no row is left
 */
export function workRows<T>(
	message: BatchMessage,
	work: (row: unknown) => T,
): WorkedRows<T> | undefined {
	const { payload, sluice } = message;
	const token = tokenOf(message);
	if (token === undefined || !sluice || tokenState(token) !== 'open') return undefined;
	if (!Array.isArray(payload) || payload.length !== sluice.count) return undefined;
	const positions = sluice.positions ?? payload.map((_, index) => index);
	const aside: { position: number; error: CoreError }[] = [];
	const done: { row: unknown; value: T; position: number }[] = [];
	payload.forEach((row: unknown, index) => {
		const position = positions[index] ?? index;
		try {
			done.push({ row, value: work(row), position });
		} catch (cause) {
			aside.push({ position, error: rowError(cause) });
		}
	});
	const [first] = aside;
	if (first) {
		if (done.length === 0) throw first.error;
		putAside(token, aside);
		message.sluice = {
			...sluice,
			count: done.length,
			positions: done.map(({ position }) => position),
		};
	}
	return { rows: done.map(({ row }) => row), values: done.map(({ value }) => value) };
}

function rowError(cause: unknown): CoreError {
	if (cause instanceof CoreError) return cause;
	return new MappingError('ERR_COLUMN_VALUE', 'the row failed unexpectedly', { cause });
}

/** Takes the rows that cannot be written as JSON out of a batch; a payload that is anything else stays as it is. */
export function withoutUnwritable(message: BatchMessage): unknown {
	return workRows(message, jsonText)?.rows ?? message.payload;
}

/** The same as text of a JSON list, without credentials of senders unless they are to be sent. */
export function rowsText(message: BatchMessage, sendCredentials: boolean): string | undefined {
	const worked = workRows(message, (row) =>
		jsonText(sendCredentials ? row : withoutCredentials(row)),
	);
	if (!worked) return undefined;
	message.payload = worked.rows;
	return joinJson(worked.values);
}

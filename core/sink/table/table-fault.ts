import { DeliveryError, type ErrorCode } from '../../errors';

/** A row that its table did not take. */
export interface BadRow {
	/** In the batch, from 0. */
	readonly position: number;
	/** Without values of the row. */
	readonly why: string;
}

/**
 * mismatch: the table is not what it is to be, or is none of ours · denied: the database lets us not in, or not do it · refused: it takes
 * nothing of this batch, whenever it comes · unavailable: it takes nothing now · timeout: it did not in time · aborted: we gave up.
 */
export type FaultKind = 'mismatch' | 'denied' | 'refused' | 'unavailable' | 'timeout' | 'aborted';

const CODES: Readonly<Record<FaultKind, ErrorCode>> = {
	mismatch: 'ERR_TABLE_MISMATCH',
	denied: 'ERR_SINK_REJECTED',
	refused: 'ERR_SINK_REJECTED',
	unavailable: 'ERR_SINK_UNAVAILABLE',
	timeout: 'ERR_SINK_TIMEOUT',
	aborted: 'ERR_SINK_UNAVAILABLE',
};

/** Why a batch was not loaded; nothing of it was kept. Its message is for people, and shows no values and no secrets. */
export class TableFault extends DeliveryError {
	readonly kind: FaultKind;

	constructor(kind: FaultKind, message: string, cause?: unknown) {
		super(CODES[kind], message, { cause, retryable: kind !== 'refused' });
		this.kind = kind;
	}
}

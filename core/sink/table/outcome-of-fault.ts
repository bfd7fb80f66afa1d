import type { Outcome } from '../../buffer/store';
import { CoreError, DeliveryError, type ErrorCode } from '../../errors';
import { TableFault, type FaultKind } from './table-fault';

interface Meaning {
	readonly code: ErrorCode;
	readonly kind: 'retry' | 'dead';
	/** Somebody has to change something first. */
	readonly pause?: true;
}

const MEANINGS: Readonly<Record<Exclude<FaultKind, 'aborted'>, Meaning>> = {
	mismatch: { code: 'ERR_TABLE_MISMATCH', kind: 'retry', pause: true },
	denied: { code: 'ERR_SINK_REJECTED', kind: 'retry', pause: true },
	refused: { code: 'ERR_SINK_REJECTED', kind: 'dead' },
	unavailable: { code: 'ERR_SINK_UNAVAILABLE', kind: 'retry' },
	timeout: { code: 'ERR_SINK_TIMEOUT', kind: 'retry' },
};

/** What a load that failed means for its batch. @throws what is no fault of the database */
export function outcomeOfFault(error: unknown): Outcome {
	if (!(error instanceof TableFault)) throw error;
	if (error.kind === 'aborted') return { kind: 'release' };
	const { code, kind, pause } = MEANINGS[error.kind];
	const retryable = kind === 'retry';
	const why: CoreError = new DeliveryError(code, error.message, { cause: error, retryable });
	if (kind === 'dead') return { kind, error: why };
	return { kind, ...(pause ? { pause } : {}), error: why };
}

import type { Outcome } from '../../buffer/store';
import { TableFault } from './table-fault';

/** What a load that failed means for its batch. @throws what is no fault of the database */
export function outcomeOfFault(error: unknown): Outcome {
	if (!(error instanceof TableFault)) throw error;
	switch (error.kind) {
		case 'aborted':
			return { kind: 'release' };
		case 'refused':
			return { kind: 'dead', error };
		// Somebody has to change something there first.
		case 'mismatch':
		case 'denied':
			return { kind: 'retry', pause: true, error };
		case 'unavailable':
		case 'timeout':
			return { kind: 'retry', error };
	}
}

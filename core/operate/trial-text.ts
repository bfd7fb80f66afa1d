import type { ExportState } from '../config';
import type { Trial } from '../pipeline/trial';
import { TRIAL_TIMEOUT_MS } from '../pure/bounds';
import { shortDuration } from '../pure/duration';

/** What came of a test, in English, for both hosts. Pure. */
export function trialText(trial: Trial, state: ExportState): string {
	return [whatBecame(trial), ...stateText(state)].join(' ');
}

function whatBecame({ became, error, againInMs, gone, exchange }: Trial): string {
	const why = error ? `: ${error.message}` : '';
	const status = exchange?.answer?.status;
	switch (became) {
		case 'delivered':
			return status === undefined ? 'Delivered.' : `Delivered: the endpoint answered ${status}.`;
		case 'again':
			return gone
				? `Not taken${why}. The buffer would be paused by itself, and keep the event.`
				: `Not taken${why}. It would be sent again in ${shortDuration(Math.round((againInMs ?? 0) / 1_000) * 1_000)}.`;
		case 'dead':
			return (
				`${exchange ? 'Not taken' : 'Not sent'}${why}. It would not be sent again, and be put aside as a dead letter.` +
				(gone ? ' The buffer would be disabled by itself, and drop what waits.' : '')
			);
		case 'refused':
			return `Not sent${why}. Whoever sends such an event to the buffer is told so.`;
		case 'leftOut':
			return 'Not sent: the filter of the buffer leaves this event out.';
		case 'brokenOff':
			return `Broken off: there was no answer. A test waits ${shortDuration(TRIAL_TIMEOUT_MS)} at most.`;
	}
}

function stateText(state: ExportState): string[] {
	switch (state) {
		case 'ACTIVE':
			return [];
		case 'PAUSED':
			return ['The buffer is paused: it delivers nothing until it is resumed.'];
		case 'USER_DISABLED':
		case 'SYSTEM_DISABLED':
			return ['The buffer is disabled: it drops what comes until it is enabled.'];
	}
}

import type { EndpointAnswer } from '../store';
import {
	type FinalFailure,
	finalFailure,
	type KeptFailure,
	keptFailure,
	type PlainError,
} from './kept-failure';

/** What the batches are that a split makes: those that are held have not counted the attempt, nor failed. */
export interface SplitFates {
	readonly retry: Fate<'open', KeptFailure>;
	readonly hold: Fate<'open', undefined>;
	readonly dead: Fate<'dead', FinalFailure>;
}

interface Fate<State, Failure> {
	readonly state: State;
	readonly attempts: number;
	readonly failure: Failure;
}

/** @param attempts of the batch that is split */
export function splitFates(
	{ error, answer }: { readonly error: PlainError; readonly answer?: EndpointAnswer },
	attempts: number,
	nowAt: number,
): SplitFates {
	return {
		retry: { state: 'open', attempts, failure: keptFailure(nowAt, error, answer) },
		hold: { state: 'open', attempts: attempts - 1, failure: undefined },
		dead: { state: 'dead', attempts, failure: finalFailure(nowAt, error, answer) },
	};
}

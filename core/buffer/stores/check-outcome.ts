import { MAX_ANSWER_BYTES } from '../../pure/bounds';
import type { EndpointAnswer, Outcome } from '../store';

const KINDS: readonly unknown[] = [
	'ack',
	'retry',
	'dead',
	'split',
	'release',
] satisfies Outcome['kind'][];

/**
 * What is no outcome settles nothing, and a time that is none would be stored as one that never comes.
 *
 * @throws TypeError the caller is wrong
 */
export function checkOutcome(outcome: Outcome): void {
	if (!KINDS.includes((outcome as Outcome | undefined)?.kind)) {
		throw new TypeError('settle: what became of the batch is not told');
	}
	const at =
		outcome.kind === 'retry' ? outcome.at : outcome.kind === 'split' ? outcome.retryAt : undefined;
	if (at !== undefined && !Number.isFinite(at)) {
		throw new TypeError(`settle: the time of the next attempt is ${at}`);
	}
	if (outcome.kind === 'ack' || outcome.kind === 'release') return;
	const { error, answer } = outcome as { error?: Partial<typeof outcome.error>; answer?: unknown };
	if (typeof error?.code !== 'string' || typeof error.message !== 'string') {
		throw new TypeError(`settle: why a batch ends as ${outcome.kind} is not told`);
	}
	if (answer !== undefined && !isAnswer(answer)) {
		throw new TypeError('settle: what the endpoint answered has no status, or too long a text');
	}
}

function isAnswer(answer: unknown): answer is EndpointAnswer {
	const { status, text } = (answer ?? {}) as Partial<Record<keyof EndpointAnswer, unknown>>;
	return (
		Number.isInteger(status) &&
		(text === undefined ||
			(typeof text === 'string' && Buffer.byteLength(text) <= MAX_ANSWER_BYTES))
	);
}

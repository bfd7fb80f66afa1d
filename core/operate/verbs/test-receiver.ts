import { ConfigError } from '../../errors';
import { shorten } from '../../message-text';
import type { RequestOutcome } from '../../receiver/recent-requests';
import { newUuid } from '../../runtime/ids';
import { systemClock, type Clock } from '../../runtime/clock';
import type { SchemeKind } from '../../signature/schemes/index';
import type { Operable } from '../operable';
import { testPushText } from '../test-push-text';
import { expectationOf } from './requests';
import { givenEvent, type GivenEvent } from './given-event';

/** UTF-16 units that are shown. */
const MAX_ANSWER = 2_000;

/** What a receiver was tested with, and what came of it. */
export interface TestedReceiver {
	readonly receiverId: string;
	/** Of the last requests; absent where nothing was sent, or so many others came meanwhile. */
	readonly outcome?: RequestOutcome;
	/** By which way it was signed; absent where it could not be. */
	readonly way?: SchemeKind;
	/** As a sender would have got it; of the body the first 2,000 characters. */
	readonly status?: number;
	readonly answer?: string;
	/** Why it was refused. */
	readonly code?: string;
	readonly reason?: string;
	/** The value of the header `sluice-test` that its event has. */
	readonly test?: string;
	/** All of it in a sentence. */
	readonly says: string;
}

/**
 * Pushes one event into a receiver, signed as its sender signs with the secrets that the receiver has, and taken as any other push: it is
 * checked, stored, counted and delivered. The header `sluice-test` of the event says what it is. Where only the sender can sign, nothing is sent.
 *
 * @throws ConfigError for a receiver that is not attached here, and as givenEvent
 */
export async function testReceiver(
	on: Operable,
	receiverId: string,
	{ clock = systemClock, ...given }: GivenEvent & { readonly clock?: Clock } = {},
): Promise<TestedReceiver> {
	const known = on.held?.().receivers.find(({ id }) => id === receiverId);
	if (!on.pushTest || !known) throw new ConfigError('receiverId', expectationOf(on), receiverId);
	const now = clock.now();
	const { body, headers } = givenEvent(given, now);
	const id = newUuid(now);
	const [contentType = 'application/json'] = headers['content-type'] ?? [];
	const tested = await on.pushTest(receiverId, { id, body, contentType });
	if (!tested) return { receiverId, says: testPushText(undefined) };
	const { way, status, answer, seen } = tested;
	const { outcome, code, reason } = seen ?? {};
	return {
		receiverId,
		...(outcome === undefined ? {} : { outcome }),
		...{ way, status, answer: shorten(answer, MAX_ANSWER) },
		...(code === undefined ? {} : { code }),
		...(reason === undefined ? {} : { reason }),
		test: id,
		says: testPushText(tested),
	};
}

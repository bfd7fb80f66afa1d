import type { ReceiverConfig } from '../../config';
import { refuseDeepBody } from '../../event/body';
import { createEvent } from '../../event/create-event';
import type { Event } from '../../event/event';
import type { Admitted } from './authenticate';

/**
 * The event of a body.
 *
 * @throws ReceiveError ERR_BODY_UNREADABLE for JSON that is nested too deeply
 */
export function makeEvent(
	body: Uint8Array,
	{ query, ...admitted }: Admitted,
	config: Pick<ReceiverConfig, 'id' | 'readBodyAs'>,
	id: string,
): Event {
	const event = createEvent({
		...admitted,
		...(query ? { query } : {}),
		id,
		body,
		readAs: config.readBodyAs === 'type' ? undefined : config.readBodyAs,
		receiverId: config.id,
	});
	refuseDeepBody(event);
	return event;
}

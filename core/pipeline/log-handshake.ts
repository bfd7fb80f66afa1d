import type { ReceiverConfig } from '../config';
import type { Logger } from '../runtime/logger';
import { named } from './holder-logger';

/** One line per answered handshake: whoever sets a sender up wants to see that it came. */
export function logHandshake(
	logger: Logger,
	receiver: { readonly id: string; readonly label: string | undefined },
	{ handshake }: Pick<ReceiverConfig, 'handshake'>,
): void {
	const { id: receiverId } = receiver;
	const name = named(receiver.label, receiverId);
	logger.info(`receiver ${name} answered a handshake: ${handshake?.kind ?? 'none'}`, {
		receiverId,
	});
}

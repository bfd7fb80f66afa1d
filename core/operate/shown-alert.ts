import type { Alert } from '../alerts/alert';

/** An alert as both hosts' flows get it: buffers and receivers by their words, instants as ISO 8601. */
export type ShownAlert = Omit<Alert, 'at' | 'exportId' | 'receiverId' | 'since' | 'endsAt'> & {
	readonly at: string;
	/** Full id. */
	readonly buffer?: string;
	readonly receiver?: string;
	readonly since?: string;
	readonly endsAt?: string;
};

export function shownAlert({
	at,
	exportId,
	receiverId,
	since,
	endsAt,
	...rest
}: Alert): ShownAlert {
	return {
		...rest,
		at: instant(at),
		...(exportId === undefined ? {} : { buffer: exportId }),
		...(receiverId === undefined ? {} : { receiver: receiverId }),
		...(since === undefined ? {} : { since: instant(since) }),
		...(endsAt === undefined ? {} : { endsAt: instant(endsAt) }),
	};
}

function instant(at: number): string {
	return new Date(at).toISOString();
}

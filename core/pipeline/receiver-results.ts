/** What verbs that work on a receiver give back. */
import type { RecentRequest } from '../receiver/recent-requests';
import type { SchemeKind } from '../signature/schemes/index';

/** A secret that nobody will be shown again. */
export interface RenewedUrlSecret {
	readonly receiverId: string;
	/** The last segment of the path. */
	readonly urlSecret: string;
	/** What senders push to now; absent where the host does not know it. */
	readonly url?: string;
	/** Until when the former one lets requests in, milliseconds since the Unix epoch. */
	readonly formerUntil: number;
}

/** What became of a push for a test. */
export interface TestedPush {
	/** By which it was signed. */
	readonly way: SchemeKind;
	readonly status: number;
	/** The body of the answer. */
	readonly answer: string;
	/** As it is remembered; absent where so many others came meanwhile that it is not any more. */
	readonly seen?: RecentRequest;
}

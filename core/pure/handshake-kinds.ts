/**
 * Senders that try an address before they push there, in the order in which dialogs and docs show them; what each asks and gets is in
 * core/receiver/handshakes. Pure, since a browser loads it too.
 */
export const HANDSHAKE_KINDS = [
	'slack',
	'meta',
	'graph',
	'event-grid',
	'cloudevents',
	'sns',
	'zoom',
	'dropbox',
	'okta',
	'strava',
	'twitch',
	'x',
	'asana',
	'smartsheet',
	'trello',
] as const;

export type HandshakeKind = (typeof HANDSHAKE_KINDS)[number];

const WITH_VERIFY_TOKEN: readonly string[] = ['meta', 'strava'] satisfies HandshakeKind[];

/** Whether the sender shows a secret of its own by which it is known, the verify token. */
export function showsVerifyToken(kind: unknown): boolean {
	return typeof kind === 'string' && WITH_VERIFY_TOKEN.includes(kind);
}

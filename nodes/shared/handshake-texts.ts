import type { INodePropertyOptions } from 'n8n-workflow';
import { HANDSHAKE_KINDS, showsVerifyToken, type HandshakeKind } from '../../core/index';

/** By whom an address is tried, and how. */
const HANDSHAKE_TEXTS: Readonly<Record<HandshakeKind, Omit<INodePropertyOptions, 'value'>>> = {
	slack: { name: 'Slack', description: 'A url_verification event, which Slack signs' },
	meta: {
		name: 'Meta (Facebook, Instagram, WhatsApp)',
		description: 'The challenge in hub.challenge, for the verify token in the signature credential',
	},
	graph: { name: 'Microsoft Graph', description: 'The parameter validationToken' },
	'event-grid': { name: 'Azure Event Grid', description: 'A SubscriptionValidation event' },
	cloudevents: {
		name: 'CloudEvents',
		description: 'OPTIONS with WebHook-Request-Origin, which reaches the own port alone',
	},
	sns: {
		name: 'Amazon SNS',
		description: 'A SubscriptionConfirmation; with the authentication of Amazon SNS',
	},
	zoom: { name: 'Zoom', description: 'An endpoint.url_validation event; with an HMAC' },
	dropbox: { name: 'Dropbox', description: 'The parameter challenge' },
	okta: { name: 'Okta', description: 'The header X-Okta-Verification-Challenge' },
	strava: {
		name: 'Strava',
		description: 'The challenge in hub.challenge, for the verify token in the signature credential',
	},
	twitch: { name: 'Twitch', description: 'A webhook_callback_verification message' },
	x: { name: 'X (Twitter)', description: 'The parameter crc_token; with an HMAC' },
	asana: { name: 'Asana', description: 'The header X-Hook-Secret' },
	smartsheet: { name: 'Smartsheet', description: 'The header Smartsheet-Hook-Challenge' },
	trello: { name: 'Trello', description: 'A HEAD request' },
};

/** In the order of the alphabet as n8n wants it; who sends none comes last. */
export function handshakeOptions(): INodePropertyOptions[] {
	const kinds = HANDSHAKE_KINDS.map((value) => ({ ...HANDSHAKE_TEXTS[value], value }));
	const none = { name: 'None', value: 'none', description: 'No request is a handshake' };
	return [...kinds, none].toSorted((a, b) => a.name.localeCompare(b.name));
}

/** Those whose verify token is in the signature credential. */
export function handshakesWithToken(): string[] {
	return HANDSHAKE_KINDS.filter(showsVerifyToken);
}

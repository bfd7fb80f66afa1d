import type { HandshakeKind } from '../../pure/handshake-kinds';
import type { Handshake, Handshakes } from './handshake';

/** Of the CloudEvents webhook specification; Event Grid asks so where it sends CloudEvents. */
const permission: Handshake = {
	methods: ['OPTIONS'],
	when: [{ header: 'webhook-request-origin' }],
	proof: { by: 'address' },
	reply: { as: 'permission' },
};

const subscribe = { query: 'hub.mode', equals: ['subscribe'] } as const;
const hubChallenge = { query: 'hub.challenge' } as const;
const hubToken = { by: 'token', at: { query: 'hub.verify_token' } } as const;
const snsType = (equals: string) => ({ path: 'Type', equals: [equals] });

/** The only list of what senders ask. */
export const HANDSHAKES: Readonly<Record<HandshakeKind, Handshakes>> = {
	slack: {
		source: 'https://docs.slack.dev/reference/events/url_verification',
		requests: [
			{
				methods: ['POST'],
				when: [{ path: 'type', equals: ['url_verification'] }],
				proof: { by: 'ways' },
				reply: { as: 'json', token: { path: 'challenge' }, name: 'challenge' },
			},
		],
	},
	meta: {
		source: 'https://developers.facebook.com/docs/graph-api/webhooks/getting-started',
		requests: [
			{
				methods: ['GET'],
				when: [subscribe, hubChallenge],
				proof: hubToken,
				reply: { as: 'text', token: hubChallenge },
			},
		],
	},
	graph: {
		source: 'https://learn.microsoft.com/graph/change-notifications-delivery-webhooks',
		requests: [
			{
				methods: ['POST', 'GET'],
				when: [{ query: 'validationToken' }],
				proof: { by: 'address' },
				reply: { as: 'text', token: { query: 'validationToken' } },
			},
		],
	},
	'event-grid': {
		source:
			'https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema',
		requests: [
			{
				methods: ['POST'],
				when: [
					{ header: 'aeg-event-type', equals: ['SubscriptionValidation'] },
					{
						path: '[0].eventType',
						equals: ['Microsoft.EventGrid.SubscriptionValidationEvent'],
					},
				],
				proof: { by: 'address' },
				reply: {
					as: 'json',
					token: { path: '[0].data.validationCode' },
					name: 'validationResponse',
				},
			},
			permission,
		],
	},
	cloudevents: {
		source: 'https://github.com/cloudevents/spec/blob/v1.0/http-webhook.md',
		requests: [permission],
	},
	sns: {
		source: 'https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html',
		needs: 'sns',
		requests: [
			{
				methods: ['POST'],
				when: [snsType('SubscriptionConfirmation')],
				proof: { by: 'ways', kind: 'sns' },
				reply: { as: 'confirmation', url: { path: 'SubscribeURL' } },
			},
			{
				methods: ['POST'],
				when: [snsType('UnsubscribeConfirmation')],
				proof: { by: 'ways', kind: 'sns' },
				// What it brings would subscribe again; whoever has ended it meant to.
				reply: { as: 'empty' },
			},
		],
	},
	zoom: {
		source: 'https://developers.zoom.us/docs/api/webhooks/#validate-your-webhook-endpoint',
		needs: 'hmac',
		requests: [
			{
				methods: ['POST'],
				when: [{ path: 'event', equals: ['endpoint.url_validation'] }],
				proof: { by: 'ways', kind: 'hmac' },
				reply: {
					as: 'hmac',
					token: { path: 'payload.plainToken' },
					name: 'plainToken',
					macName: 'encryptedToken',
					encoding: 'hex',
				},
			},
		],
	},
	dropbox: {
		source: 'https://www.dropbox.com/developers/reference/webhooks',
		requests: [
			{
				methods: ['GET'],
				when: [{ query: 'challenge' }],
				proof: { by: 'address' },
				reply: { as: 'text', token: { query: 'challenge' } },
			},
		],
	},
	okta: {
		source: 'https://developer.okta.com/docs/concepts/event-hooks/',
		requests: [
			{
				methods: ['GET'],
				when: [{ header: 'x-okta-verification-challenge' }],
				proof: { by: 'address' },
				reply: {
					as: 'json',
					token: { header: 'x-okta-verification-challenge' },
					name: 'verification',
				},
			},
		],
	},
	strava: {
		source: 'https://developers.strava.com/docs/webhooks/',
		requests: [
			{
				methods: ['GET'],
				when: [subscribe, hubChallenge],
				proof: hubToken,
				reply: { as: 'json', token: hubChallenge, name: 'hub.challenge' },
			},
		],
	},
	twitch: {
		source: 'https://dev.twitch.tv/docs/eventsub/handling-webhook-events/',
		requests: [
			{
				methods: ['POST'],
				when: [
					{
						header: 'twitch-eventsub-message-type',
						equals: ['webhook_callback_verification'],
					},
					{ path: 'challenge' },
				],
				proof: { by: 'ways' },
				reply: { as: 'text', token: { path: 'challenge' } },
			},
		],
	},
	x: {
		source: 'https://docs.x.com/x-api/webhooks/quickstart',
		needs: 'hmac',
		requests: [
			{
				methods: ['GET'],
				when: [{ query: 'crc_token' }],
				proof: { by: 'address' },
				reply: {
					as: 'hmac',
					token: { query: 'crc_token' },
					macName: 'response_token',
					encoding: 'base64',
					prefix: 'sha256=',
				},
			},
		],
	},
	asana: {
		source: 'https://developers.asana.com/docs/webhooks-guide',
		requests: [
			{
				methods: ['POST'],
				when: [{ header: 'x-hook-secret' }],
				proof: { by: 'address' },
				reply: { as: 'header', token: { header: 'x-hook-secret' }, name: 'x-hook-secret' },
			},
		],
	},
	smartsheet: {
		source: 'https://developers.smartsheet.com/api/smartsheet/guides/webhooks/webhook-verification',
		requests: [
			{
				methods: ['POST'],
				when: [{ header: 'smartsheet-hook-challenge' }],
				proof: { by: 'address' },
				reply: {
					as: 'json',
					token: { header: 'smartsheet-hook-challenge' },
					name: 'smartsheetHookResponse',
				},
			},
		],
	},
	trello: {
		source: 'https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/',
		requests: [{ methods: ['HEAD'], when: [], proof: { by: 'address' }, reply: { as: 'empty' } }],
	},
};

import { PRESETS } from '../../../../core/signature/presets/index';
import type { SentRequest } from '../../../support/preset-world';

/** An event in the shape of a sender, shortened to what tells its type and its id. */
interface Sample extends SentRequest {
	readonly preset: string;
	/** Absent: nothing of it is a type. */
	readonly type?: string;
	/** Sent again, it is a duplicate. */
	readonly isKnownAgain: boolean;
	/** Changes of it that make another event, which is no duplicate. */
	readonly different?: readonly Partial<SentRequest>[];
}

const json = (
	preset: string,
	body: object,
	expected: Pick<Sample, 'type' | 'isKnownAgain'>,
	headers: Readonly<Record<string, string>> = {},
): Sample => ({
	preset,
	headers: { 'content-type': 'application/json', ...headers },
	body: JSON.stringify(body),
	...expected,
});

const known = (type: string): Pick<Sample, 'type' | 'isKnownAgain'> => ({
	type,
	isKnownAgain: true,
});
const unknown = (type: string): Pick<Sample, 'type' | 'isKnownAgain'> => ({
	type,
	isKnownAgain: false,
});

const ALL: readonly Sample[] = [
	json('github', { ref: 'refs/heads/main' }, known('push'), {
		'X-GitHub-Event': 'push',
		'X-GitHub-Delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
	}),
	json('gitlab', { object_kind: 'push' }, known('Push Hook'), {
		'X-Gitlab-Event': 'Push Hook',
		'Idempotency-Key': 'f5e5f430-f57b-4e6e-9fac-d9128cd7232f',
	}),
	json('stripe', { id: 'evt_1', object: 'event', type: 'invoice.paid' }, known('invoice.paid')),
	{
		...json('shopify', { id: 820982911946154508n.toString() }, known('orders/create'), {
			'X-Shopify-Topic': 'orders/create',
			'X-Shopify-Webhook-Id': 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043',
			'X-Shopify-Event-Id': '98880550-7158-44d4-b7cd-2c97c8a091b5',
		}),
		different: [
			{
				headers: {
					'content-type': 'application/json',
					'X-Shopify-Topic': 'orders/paid',
					'X-Shopify-Webhook-Id': '0c1b1d3e-5a1d-4a53-a3c5-0b3c3f9a0d11',
					'X-Shopify-Event-Id': '98880550-7158-44d4-b7cd-2c97c8a091b5',
				},
			},
		],
	},
	json(
		'slack',
		{ type: 'event_callback', event_id: 'Ev1', event: { type: 'app_mention' } },
		known('app_mention'),
	),
	{
		preset: 'twilio',
		headers: {
			'content-type': 'application/x-www-form-urlencoded',
			'I-Twilio-Idempotency-Token': '8ea0e5c3-5d2c-4b7e-8a3e-9d4a4d1a2f11',
		},
		body: 'MessageSid=SM1&MessageStatus=delivered',
		isKnownAgain: true,
	},
	json('square', { event_id: 'e1', type: 'payment.created' }, known('payment.created')),
	json('svix', { type: 'user.created' }, known('user.created'), { 'svix-id': 'msg_1' }),
	json('standard-webhooks', { type: 'user.created' }, known('user.created'), {
		'webhook-id': 'msg_1',
	}),
	json('zoom', { event: 'meeting.started', event_ts: 1 }, unknown('meeting.started')),
	json(
		'pagerduty',
		{ event: { id: '5ac64822', event_type: 'incident.triggered' } },
		known('incident.triggered'),
	),
	json(
		'typeform',
		{ event_id: '01D1', event_type: 'form_response', form_response: {} },
		known('form_response'),
	),
	json(
		'disruptive-technologies',
		{
			event: {
				eventId: 'c82gg9catj3vmh4248og',
				targetName: 'projects/p1/devices/d1',
				eventType: 'touch',
				data: { touch: { updateTime: '2022-02-10T12:42:13.313949Z' } },
				timestamp: '2022-02-10T12:42:13.313949Z',
			},
			labels: {},
		},
		known('touch'),
	),
	json('netlify', { id: 'd1', state: 'ready' }, unknown('deploy_created'), {
		'X-Netlify-Event': 'deploy_created',
	}),
	json(
		'the-things-stack',
		{ end_device_ids: { device_id: 'd1' }, uplink_message: {} },
		{
			isKnownAgain: false,
		},
	),
	{
		...json('chirpstack', { deduplicationId: '3ac7e3c4' }, unknown('up')),
		url: 'https://hooks.example.com/in?event=up',
	},
	json('home-assistant', { temperature: 21.5 }, { isKnownAgain: false }),
	json('grafana', { status: 'firing', alerts: [] }, unknown('firing')),
	json('alertmanager', { version: '4', status: 'resolved', alerts: [] }, unknown('resolved')),
	json('meta', { object: 'page', entry: [] }, unknown('page')),
	json('dropbox', { list_folder: { accounts: ['dbid:1'] } }, { isKnownAgain: false }),
	json('xero', { events: [], entropy: 'S0m3r4Nd0mt3xt' }, { isKnownAgain: false }),
	json('twitch', { subscription: {}, event: {} }, known('channel.follow'), {
		'Twitch-Eventsub-Message-Id': 'befa7b53-d79d-478f-86b9-120f112b044e',
		'Twitch-Eventsub-Subscription-Type': 'channel.follow',
	}),
	{
		preset: 'aws-sns',
		headers: {
			'content-type': 'text/plain; charset=UTF-8',
			'x-amz-sns-message-type': 'Notification',
		},
		body: '{"Type":"Notification","MessageId":"22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324"}',
		type: 'Notification',
		isKnownAgain: true,
	},
	json('microsoft-graph', { value: [{ changeType: 'updated' }] }, { isKnownAgain: false }),
	json('event-grid', [{ id: 'e1', eventType: 'Blob.Created' }], known('Blob.Created')),
	{
		preset: 'event-grid-cloudevents',
		headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
		body: '{"specversion":"1.0","id":"e1","source":"/s","type":"Blob.Created","data":{}}',
		type: 'Blob.Created',
		isKnownAgain: true,
	},
	json('cloudevents', { temperature: 21.5 }, known('measured'), {
		'ce-specversion': '1.0',
		'ce-id': 'e1',
		'ce-source': '/s',
		'ce-type': 'measured',
	}),
	json(
		'okta',
		{ eventId: 'e1', eventType: 'com.okta.event_hook', data: {} },
		known('com.okta.event_hook'),
	),
	json('strava', { object_type: 'activity', aspect_type: 'update' }, unknown('activity')),
	json('x', { for_user_id: '1' }, { isKnownAgain: false }),
	json('asana', { events: [] }, { isKnownAgain: false }),
	json('smartsheet', { nonce: 'n1', events: [] }, { isKnownAgain: false }),
	json('opendatasoft', { isbn: '978-0060589462', copies: 3 }, { isKnownAgain: false }),
	json('trello', { action: { id: 'a1', type: 'updateCard' } }, known('updateCard')),
];

/** In the order of the presets. */
export const SAMPLES: readonly Sample[] = [...ALL].sort((a, b) => at(a) - at(b));

function at({ preset }: Sample): number {
	return PRESETS.findIndex(({ id }) => id === preset);
}

import { readFileSync } from 'node:fs';

/** A request that a sender signed, as the sender itself has published it. */
export interface Vector {
	readonly preset: string;
	readonly way?: number;
	/** Where it stands. */
	readonly from: string;
	readonly secret: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	/** Seconds since the Unix epoch; absent: nothing of it has a time. */
	readonly now?: number;
	/** The address that it was sent to, where that is signed. */
	readonly url?: string;
}

const STANDARD = {
	secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
	id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
	timestamp: '1614265330',
	signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
	body: '{"test": 2432232314}',
} as const;

const standard = (prefix: string): Pick<Vector, 'secret' | 'headers' | 'body' | 'now'> => ({
	secret: STANDARD.secret,
	headers: {
		'content-type': 'application/json',
		[`${prefix}-id`]: STANDARD.id,
		[`${prefix}-timestamp`]: STANDARD.timestamp,
		[`${prefix}-signature`]: STANDARD.signature,
	},
	body: STANDARD.body,
	now: Number(STANDARD.timestamp),
});

/** A token of the vendor's own test suite (D18), as the cases of that system have it. */
function disruptiveVector(): Vector {
	const { jwt } = JSON.parse(
		readFileSync(new URL('../../../cases/disruptive.json', import.meta.url), 'utf8'),
	) as {
		jwt: {
			bodies: Record<string, string>;
			vectors: { id: string; secret: string; token: string; bodyRef: string; now: number }[];
		};
	};
	const found = jwt.vectors.find(({ id }) => id === 'dt-touch-2022-02@iat');
	if (!found) throw new Error('the vector is gone');
	return {
		preset: 'disruptive-technologies',
		from: 'python-integrations, its fixtures',
		secret: found.secret,
		headers: { 'content-type': 'application/json', 'X-Dt-Signature': found.token },
		body: jwt.bodies[found.bodyRef] ?? '',
		now: found.now,
	};
}

export const VECTORS: readonly Vector[] = [
	{
		preset: 'github',
		from: 'documentation, testing the webhook payload validation',
		secret: "It's a Secret to Everybody",
		headers: {
			'X-Hub-Signature-256':
				'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
		},
		body: 'Hello, World!',
	},
	{
		preset: 'slack',
		from: 'documentation, verifying requests from Slack',
		secret: '8f742231b10e8888abcd99yyyzzz85a5',
		headers: {
			'content-type': 'application/x-www-form-urlencoded',
			'X-Slack-Request-Timestamp': '1531420618',
			'X-Slack-Signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
		},
		body: 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
		now: 1_531_420_618,
	},
	{
		preset: 'twilio',
		from: 'documentation, security',
		secret: '12345',
		headers: {
			'content-type': 'application/x-www-form-urlencoded',
			'X-Twilio-Signature': '0/KCTR6DLpKmkAf8muzZqo1nDgQ=',
		},
		body: 'To=%2B18005551212&CallSid=CA1234567890ABCDE&Digits=1234&From=%2B12349013030&Caller=%2B12349013030',
		url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
	},
	{
		preset: 'square',
		from: 'documentation, verify and validate an event notification',
		secret: 'asdf1234',
		headers: {
			'content-type': 'application/json',
			'x-square-hmacsha256-signature': '2kRE5qRU2tR+tBGlDwMEw2avJ7QM4ikPYD/PJ3bd9Og=',
		},
		body: '{"hello":"world"}',
		url: 'https://example.com/webhook',
	},
	{ preset: 'svix', from: 'documentation, verifying manually', ...standard('svix') },
	{
		preset: 'standard-webhooks',
		from: 'the reference libraries, their tests',
		...standard('webhook'),
	},
	{
		preset: 'pagerduty',
		from: 'go-pagerduty, its tests',
		secret: 'lDQHScfUeXUKaQRNF+8XIiDKZ7XX3itBAYzwU0TARw8lJqRnkKl2iB1anSb0Z+IK',
		headers: {
			'content-type': 'application/json',
			'X-PagerDuty-Signature':
				'v1=0c0b9495b893a39e70d1fea2fe11fbe0a825f88b9f67846f6cc07dd2bc5476cd',
		},
		body: '{"event":{"id":"01BWDWL3NYY7LUFPZCC28QUCMK","event_type":"incident.priority_updated","resource_type":"incident","occurred_at":"2021-04-26T17:36:27.458Z","agent":{"html_url":"https://acme.pagerduty.com/users/PLH1HKV","id":"PLH1HKV","self":"https://api.pagerduty.com/users/PLH1HKV","summary":"Tenex Engineer","type":"user_reference"},"client":null,"data":{"id":"PGR0VU2","type":"incident","self":"https://api.pagerduty.com/incidents/PGR0VU2","html_url":"https://acme.pagerduty.com/incidents/PGR0VU2","number":2,"status":"triggered","title":"A little bump in the road","service":{"html_url":"https://acme.pagerduty.com/services/PF9KMXH","id":"PF9KMXH","self":"https://api.pagerduty.com/services/PF9KMXH","summary":"API Service","type":"service_reference"},"assignees":[{"html_url":"https://acme.pagerduty.com/users/PTUXL6G","id":"PTUXL6G","self":"https://api.pagerduty.com/users/PTUXL6G","summary":"User 123","type":"user_reference"}],"escalation_policy":{"html_url":"https://acme.pagerduty.com/escalation_policies/PUS0KTE","id":"PUS0KTE","self":"https://api.pagerduty.com/escalation_policies/PUS0KTE","summary":"Default","type":"escalation_policy_reference"},"teams":[{"html_url":"https://acme.pagerduty.com/teams/PFCVPS0","id":"PFCVPS0","self":"https://api.pagerduty.com/teams/PFCVPS0","summary":"Engineering","type":"team_reference"}],"priority":{"html_url":"https://acme.pagerduty.com/account/incident_priorities","id":"PSO75BM","self":"https://api.pagerduty.com/priorities/PSO75BM","summary":"P1","type":"priority_reference"},"urgency":"high","conference_bridge":{"conference_number":1000,"conference_url":"https://example.com"},"resolve_reason":null}}}',
	},
	disruptiveVector(),
];

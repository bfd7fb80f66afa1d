import assert from 'node:assert/strict';
import { decodeEvent } from '../../../core/event/codec';
import type { PushedRequest } from '../../../core/receiver/request';
import { presetReceiver } from '../../../core/settings/preset-receiver';
import type { SchemeConfig } from '../../../core/signature/schemes/index';
import { aPush, anExportInput, HOLDER, pipelineWorld } from '../../support/pipeline-fixtures';
import type { FieldCase, FieldChecks } from './field-case';

interface Input {
	readonly path: string;
	readonly url?: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	readonly secret: string;
	/** Seconds since the Unix epoch. */
	readonly now: number;
}

type Way = (input: Input) => SchemeConfig;

const hmac =
	(more: Omit<Extract<SchemeConfig, { kind: 'hmac' }>, 'kind' | 'secrets'>): Way =>
	({ secret, url }) => ({
		kind: 'hmac',
		secrets: ['another', secret],
		...(url === undefined ? {} : { publicUrl: url.replace(/\?.*/, '') }),
		...more,
	});

/** By the presets of senders, as far as there is one. */
const preset =
	(id: string, way = 0, others: readonly string[] = ['another']): Way =>
	({ secret, url }) => {
		const secrets = [...others, secret];
		const [scheme] = presetReceiver({
			preset: id,
			way,
			secrets,
			publicUrl: url?.replace(/\?.*/, ''),
		}).auth;
		return scheme ?? assert.fail(id);
	};

/** What a user sets for a sender, and the header without which a request is refused. */
const SENDERS: Readonly<Record<string, { readonly way: Way; readonly header: string }>> = {
	S01: { header: 'X-Hub-Signature-256', way: preset('github') },
	S03: { header: 'Stripe-Signature', way: preset('stripe') },
	S04: { header: 'X-Shopify-Hmac-Sha256', way: preset('shopify') },
	S06: { header: 'X-Twilio-Signature', way: preset('twilio') },
	S06b: { header: 'X-Twilio-Signature', way: preset('twilio') },
	S08: { header: 'svix-signature', way: preset('svix', 0, []) },
	S09: { header: 'webhook-signature', way: preset('standard-webhooks', 0, []) },
	S11: { header: 'X-Grafana-Alerting-Signature', way: preset('grafana') },
	S12: { header: 'Typeform-Signature', way: preset('typeform') },
	S14: { header: 'X-PagerDuty-Signature', way: preset('pagerduty') },
	S15: {
		header: 'X-Hub-Signature',
		way: hmac({ header: 'X-Hub-Signature', prefix: 'sha1=', hash: 'sha1' }),
	},
	S17: { header: 'x-xero-signature', way: preset('xero') },
	S18: { header: 'X-Gitlab-Token', way: preset('gitlab', 1) },
	S20: { header: 'Authorization', way: preset('the-things-stack') },
	S21: {
		header: 'Authorization',
		way: ({ secret }) => ({ kind: 'basic', secrets: [secret], user: 'u' }),
	},
	S23: { header: 'X-Trello-Webhook', way: preset('trello') },
	S24: { header: 'x-square-hmacsha256-signature', way: preset('square') },
};

/** Senders that show the secret sign nothing: another body is theirs as well. */
const KEYS = ['S18', 'S20', 'S21'];

type Change = (input: Input, header: string) => Partial<Input>;

const headers = (input: Input, header: string, value: string): Partial<Input> => ({
	headers: { ...input.headers, [header]: value },
});
const value = (input: Input, header: string): string => input.headers[header] ?? '';

/** The negatives of the cases, by their words. */
const CHANGES: Readonly<Record<string, Change>> = {
	'body changed by one byte: 401': ({ body }) => ({ body: body.replace(/.(.)$/s, 'X$1') }),
	'wrong secret: 401': () => ({ secret: 'whsec_d3Jvbmc=' }),
	'header missing: 401': (input, header) => ({
		headers: Object.fromEntries(Object.entries(input.headers).filter(([name]) => name !== header)),
	}),
	'only X-Hub-Signature (sha1): 401': (input, header) => {
		const { [header]: _left, ...others } = input.headers;
		return { headers: others };
	},
	'prefix sha512=: 401': (input, header) =>
		headers(input, header, value(input, header).replace('sha256=', 'sha512=')),
	't 301 s ago: 401': ({ now }) => ({ now: now + 301 }),
	'only v0: 401': (input, header) =>
		headers(input, header, value(input, header).replace(/v1=\w+,/g, '')),
	'two t: 401': (input, header) => headers(input, header, `${value(input, header)},t=1`),
	'other URL: 401': () => ({ url: 'https://hooks.example.com/in/other' }),
};

export const senderChecks: FieldChecks = Object.fromEntries(
	Object.entries(SENDERS).map(([id, { way, header }]) => [
		id,
		async (one: FieldCase) => {
			const input = one.input as unknown as Input;
			const { negatives } = one.expected as { negatives: readonly string[] };
			assert.deepEqual(await push(input, way(input)), { status: 200, body: input.body }, id);
			const isKey = KEYS.includes(id);
			for (const negative of negatives) {
				if (isKey && negative.startsWith('body')) continue;
				const change = CHANGES[negative];
				assert.ok(change, `nobody knows how to make: ${negative}`);
				const changed = { ...input, ...change(input, header) };
				assert.notDeepEqual(changed, input, negative);
				// The header keeps what the true secret made of the true body.
				const secret = secretOf(changed, id);
				assert.deepEqual(
					await push(changed, way({ ...changed, secret })),
					{ status: 401 },
					`${id}: ${negative}`,
				);
			}
		},
	]),
);

/** A public key that is another one has to be one. */
function secretOf({ secret }: Input, id: string): string {
	const isOther = secret === 'whsec_d3Jvbmc=';
	return id === 'S09' && isOther ? `whpk_${Buffer.alloc(32, 9).toString('base64')}` : secret;
}

/** What a receiver answers, and what it stored of the body. */
async function push(
	input: Input,
	scheme: SchemeConfig,
): Promise<{ status: number; body?: string }> {
	const world = await pipelineWorld();
	try {
		await world.clock.advance(input.now * 1_000 - world.clock.now());
		await world.pipeline.attachReceiver(
			{ id: 'r1', auth: [scheme] },
			[{ config: anExportInput({ conditions: { count: 10, time: '1h', size: '1MB' } }) }],
			HOLDER,
		).ready;
		const { status } = await world.pipeline.accept('r1', pushOf(input));
		const [row, ...others] = await world.store.peek('r1/main');
		assert.equal(others.length, 0);
		if (!row) return { status };
		return { status, body: Buffer.from(decodeEvent(row.payload).body).toString() };
	} finally {
		await world.close();
	}
}

function pushOf({ url, headers: sent, body }: Input): PushedRequest {
	const query = url === undefined ? '' : new URL(url).search;
	return aPush({ target: `/sluice/r1${query}`, headers: sent, body: Buffer.from(body) });
}

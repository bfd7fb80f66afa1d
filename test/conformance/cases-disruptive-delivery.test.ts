import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { disruptiveDialect } from '../../core/api/disruptive/disruptive-dialect';
import { disruptiveErrors } from '../../core/api/disruptive/error-form';
import { declaredStatuses } from '../../core/api/openapi';
import { refusalOf } from '../../core/api/refusal';
import type { Outcome } from '../../core/buffer/store';
import { LATEST_PATHS } from '../../core/config';
import { createEvent } from '../../core/event/create-event';
import { encodeEvent } from '../../core/event/codec';
import { compileFilter } from '../../core/mapping/filter';
import { verifyBody } from '../../core/signature/verify-body';
import { HTTP_TIMEOUT_MS } from '../../core/pure/bounds';
import type { HttpEndpoint } from '../../core/sink/http/http-config';
import { createHttpSink } from '../../core/sink/http/http-sink';
import { nextDelayMs } from '../../core/delivery/retry-schedule';
import type { RetryInput } from '../../core/delivery/resolve-retry';
import { DeliveryError } from '../../core/errors';
import { RETRY_PRESETS, type RetryPreset } from '../../core/pure/retry';
import { openConnectorWorld } from '../support/api/connector-world';
import { eventually } from '../support/eventually';
import { settled } from '../support/fake-clock';
import { fakeAttempt } from '../support/fake-attempt';
import { fakeBatch } from '../support/fake-batch';
import { startHttpReceiver, type HttpReceiver } from '../support/http-receiver';
import {
	aPush,
	anExportInput,
	HOLDER,
	OPEN,
	pipelineWorld,
	RecordingSink,
} from '../support/pipeline-fixtures';
import { TLS_CERT, TLS_KEY } from '../support/tls-certificate';
import { runCases } from './run-cases';

type Json = Record<string, unknown>;
interface Case {
	readonly id: string;
	readonly given: Json;
	readonly expect: Json;
}

const sections = JSON.parse(
	readFileSync(new URL('../cases/disruptive.json', import.meta.url), 'utf8'),
) as Record<string, Case[]>;

/** A Data Connector: each event in a request of its own, as it came; every status but 2xx is retried. */
const CONNECTOR = { send: 'row', retryAllStatuses: true } as const;
const CONNECTORS = '/v2/projects/p1/dataconnectors';
const NOW = 1_700_000_000_000;

async function withReceiver(
	test: (receiver: HttpReceiver, answer: { status: number; delayMs: number }) => Promise<void>,
): Promise<void> {
	const answer = { status: 200, delayMs: 0 };
	const receiver = await startHttpReceiver((_request, response) => {
		setTimeout(() => response.writeHead(answer.status).end(), answer.delayMs).unref();
	});
	try {
		await test(receiver, answer);
	} finally {
		await receiver.close();
	}
}

async function deliver(
	url: string,
	events: number,
	config: Partial<HttpEndpoint> = {},
	now = NOW,
): Promise<Outcome> {
	const sink = createHttpSink({ url, ...CONNECTOR, ...config }, { clock: { now: () => now } });
	const bodies = Array.from({ length: events }, (_, i) => `{"event": {"eventId": "e${i}"}}`);
	const payloads = bodies.map((body) => encodeEvent(createEvent({ body })));
	try {
		return await sink.deliver(fakeBatch({ output: 'event', payloads }), fakeAttempt());
	} finally {
		await sink.close?.();
	}
}

runCases('Disruptive delivery cases', sections['delivery'] ?? [], {
	checks: {
		'http-url': async ({ given, expect }) => {
			const world = await openConnectorWorld();
			try {
				const body = { type: 'HTTP_PUSH', httpConfig: given };
				await world.put('dc1');
				const made = await world.call('POST', CONNECTORS, body);
				const changed = await world.call('PATCH', `${CONNECTORS}/dc1`, { httpConfig: given });
				assert.deepEqual(
					[made.status, changed.status],
					[expect['createStatus'], expect['updateStatus']],
				);
			} finally {
				await world.close();
			}
		},
		'auto-disable': ({ given, expect }) =>
			withReceiver(async ({ url, received }, answer) => {
				answer.status = 503;
				const reach = { allowHttp: true, allowedCidrs: ['127.0.0.1/32'] };
				const world = await openConnectorWorld({ sink: { reach } });
				try {
					const { clock, pipeline } = world.world;
					await world.put('dc1', { httpConfig: { url } });
					await pipeline.attachReceiver({ id: 'r1', auth: OPEN, project: 'p1' }, [], HOLDER).ready;
					const body = Buffer.from('{"event":{}}');
					const push = () => pipeline.accept('r1', aPush({ body }));
					const status = async () => (await world.call('GET', `${CONNECTORS}/dc1`)).json['status'];
					await push();
					await eventually('a first failure', () => received.length > 0);
					const hours = 24 * Number(given['onlyFailuresForDays']);
					for (let hour = 0; hour < hours; hour += 6) {
						assert.equal(await status(), 'ACTIVE');
						await push();
						await clock.advance(6 * 3_600_000);
					}
					await eventually('its end', async () => {
						await clock.advance(60_000);
						return (await status()) === expect['status'];
					});
				} finally {
					await world.close();
				}
			}),
		'ack-2xx': ({ given }) =>
			withReceiver(async ({ url }, answer) => {
				for (const code of given['responses'] as number[]) {
					answer.status = code;
					assert.equal((await deliver(url, 1)).kind, 'ack');
				}
			}),
		'non-2xx': ({ given }) =>
			withReceiver(async ({ url }, answer) => {
				for (const code of given['eachResponse'] as number[]) {
					answer.status = code;
					assert.equal((await deliver(url, 1)).kind, 'retry', String(code));
				}
			}),
		// The cutoff of the case is our default; the answer is late by the same share of a shorter one.
		timeout: ({ given }) =>
			withReceiver(async ({ url }, answer) => {
				const { responseAfterSeconds, timeoutSeconds } = given as Record<string, number>;
				assert(responseAfterSeconds && timeoutSeconds);
				assert.equal(HTTP_TIMEOUT_MS.fallback, timeoutSeconds * 1000);
				answer.delayMs = responseAfterSeconds * 1000;
				const outcome = await deliver(url, 1, { timeoutMs: 100 });
				assert.equal(outcome.kind, 'retry');
				assert.equal('error' in outcome && outcome.error.code, 'ERR_SINK_TIMEOUT');
			}),
		'tls-invalid': async () => {
			const server = createServer({ key: TLS_KEY, cert: TLS_CERT }, (_request, response) =>
				response.end(),
			);
			await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
			try {
				const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
				const outcome = await deliver(url, 1);
				assert.equal(outcome.kind, 'retry');
				assert.equal('error' in outcome && outcome.error.code, 'ERR_SINK_UNAVAILABLE');
			} finally {
				server.closeAllConnections();
				server.close();
			}
		},
		'expire-12h': async ({ given }) => {
			const maxAgeMs = Number(given['onlyFailuresForHours']) * 3_600_000;
			assert.equal(RETRY_PRESETS.disruptive.maxAgeMs, maxAgeMs);
			// D50: by the standard schedule only the first five retries run then.
			const { seconds, code } = await runDown({ preset: 'standard', jitter: 0, maxAgeMs });
			assert.deepEqual([seconds.length, code], [6, 'ERR_DELIVERY_EXPIRED']);
		},
		'one-post-per-event': ({ given, expect }) =>
			withReceiver(async ({ url, received }) => {
				assert.equal((await deliver(url, Number(given['events']))).kind, 'ack');
				assert.equal(received.length, expect['posts']);
				assert.equal(received[1]?.body.toString(), '{"event": {"eventId": "e1"}}');
			}),
		duplicate: async ({ given, expect }) => {
			const world = await pipelineWorld();
			try {
				const dedupe = [{ keyPath: 'event.eventId', windowMs: 60_000 }];
				await world.pipeline.attachReceiver(
					{ id: 'r1', auth: OPEN, dedupe },
					[{ config: anExportInput({ conditions: { count: 100 } }) }],
					HOLDER,
				).ready;
				const body = Buffer.from('{"event":{"eventId":"e1"}}');
				const status: number[] = [];
				for (let i = 0; i < Number(given['sameEventIdReceived']); i++) {
					status.push((await world.pipeline.accept('r1', aPush({ body }))).status);
				}
				assert.deepEqual(status, expect['status']);
				assert.equal((await world.store.peek('r1/main')).length, expect['emitted']);
			} finally {
				await world.close();
			}
		},
	},
});

/** A connector without a secret signs nothing. */
function signedWith(secret: unknown): Pick<HttpEndpoint, 'signatures'> {
	return { signatures: secret === '' ? [] : [{ kind: 'body-jwt', secrets: [String(secret)] }] };
}

runCases('Disruptive filter cases', sections['filter'] ?? [], {
	checks: {
		'empty-all': checkFilter,
		two: checkFilter,
		'labels-default': ({ given, expect }) =>
			withReceiver(async ({ url, received }) => {
				const labels = given['connectorLabels'] as string[];
				const body = JSON.stringify({ event: {}, labels: given['deviceLabels'] });
				const sink = createHttpSink({ url, ...CONNECTOR, body: 'connector', labels });
				const payloads = [encodeEvent(createEvent({ body }))];
				await sink.deliver(fakeBatch({ output: 'event', payloads }), fakeAttempt());
				await sink.close?.();
				const sent = JSON.parse(received[0]?.body.toString() ?? '') as Json;
				assert.deepEqual(sent['labels'], expect['labels']);
			}),
		'no-secret-no-header': ({ given, expect }) =>
			withReceiver(async ({ url, received }) => {
				await deliver(url, 1, signedWith(given['signatureSecret']));
				assert.equal(received.length, 1);
				const name = String(expect['headerAbsent']).toLowerCase();
				assert.equal(received[0]?.headers[name], undefined);
			}),
		'custom-headers': ({ given, expect }) =>
			withReceiver(async ({ url, received }) => {
				await deliver(url, 1, { headers: given['headers'] as Record<string, string> });
				for (const [name, value] of Object.entries(expect['headersSent'] as Json)) {
					assert.equal(received[0]?.headers[name], value);
				}
			}),
	},
});

function checkFilter({ given, expect }: Case): void {
	const { events, incoming } = given as Record<string, string[]>;
	assert(events && incoming);
	const takes = compileFilter({ types: events }, LATEST_PATHS);
	const forwarded = incoming.filter((type) => takes({ ...createEvent({}), type }));
	assert.deepEqual(forwarded, expect['forwarded']);
}

/** Attempts at an endpoint that is always down, seconds after the first, and how the event ends; on a clock that is moved. */
async function runDown(retry: RetryInput): Promise<{ seconds: number[]; code: string }> {
	const world = await pipelineWorld();
	const sink = new RecordingSink();
	const started: number[] = [];
	sink.next = () => {
		started.push(world.clock.now());
		return { kind: 'retry', error: new DeliveryError('ERR_SINK_UNAVAILABLE', 'down') };
	};
	try {
		await world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN },
			[{ config: anExportInput({ conditions: { count: 1 }, retry }), ports: { sink } }],
			HOLDER,
		).ready;
		await world.pipeline.accept('r1', aPush());
		const dead = async () => (await world.store.deadLetters({ exportId: 'r1/main' }))[0];
		for (let steps = 0; !(await dead()); steps++) {
			assert.ok(steps < 60 * 24 * 2, 'it never ends');
			await world.clock.advance(60_000);
		}
		const [first = 0] = started;
		const seconds = started.map((at) => (at - first) / 1_000);
		return { seconds, code: (await dead())?.error.code ?? '' };
	} finally {
		await world.close();
	}
}

const checkSchedule =
	(preset: RetryPreset, code: string) =>
	async ({ expect }: Case): Promise<void> => {
		const run = await runDown({ preset, jitter: 0 });
		const retries = expect['retries'] as { elapsedSeconds: number }[];
		assert.deepEqual(run.seconds, [0, ...retries.map((one) => one.elapsedSeconds)]);
		assert.equal(run.seconds.length, expect['attempts']);
		assert.equal(run.code, code);
	};

runCases('Disruptive retry cases', sections['retry'] ?? [], {
	checks: {
		'default-schedule': checkSchedule('standard', 'ERR_DELIVERY_EXHAUSTED'),
		'disruptive-preset': checkSchedule('disruptive', 'ERR_DELIVERY_EXPIRED'),
		'jitter-bounds': ({ given, expect }) => {
			const at = (random: number) =>
				nextDelayMs(
					{ ...RETRY_PRESETS.standard, jitter: Number(given['jitter']) },
					Number(given['retry']),
					random,
				);
			assert.deepEqual(
				[at(0), at(1)],
				[Number(expect['delaySecondsMin']) * 1000, Number(expect['delaySecondsMax']) * 1000],
			);
		},
		'custom-schedule': checkCustomSchedule,
		resigned: ({ given, expect }) =>
			withReceiver(async ({ url, received }, answer) => {
				const secret = String(given['signatureSecret']);
				const responses = given['responses'] as number[];
				for (const [i, code] of responses.entries()) {
					answer.status = code;
					await deliver(url, 1, signedWith(secret), NOW + i * 60_000);
				}
				const ids = new Set<unknown>();
				for (const [i, { headers, body }] of received.entries()) {
					const token = String(headers['x-dt-signature']);
					const now = NOW + i * 60_000;
					const claims = await verifyBody({ token, body, secrets: [secret], now });
					assert.equal(claims.iat, now / 1000);
					assert.equal(Number(claims.exp) - Number(claims.iat), expect['expMinusIat']);
					ids.add(claims.jti);
				}
				assert.equal(ids.size, responses.length);
				assert.equal(new Set(received.map(({ body }) => body.toString())).size, 1);
			}),
	},
});

/** The whole way: a pipeline over a store, on a clock that is moved, with an endpoint that answers as the case says. */
async function checkCustomSchedule({ given, expect }: Case): Promise<void> {
	const world = await pipelineWorld();
	const { delaysSeconds, responses } = given as Record<string, number[]>;
	assert(delaysSeconds && responses);
	const started: number[] = [];
	const sink = new RecordingSink();
	try {
		await withReceiver(async ({ url }, answer) => {
			sink.next = async () => {
				started.push(world.clock.now());
				answer.status = responses[started.length - 1] ?? 200;
				return deliver(url, 1);
			};
			const retry = { delaysMs: delaysSeconds.map((s) => s * 1000), jitter: 0 };
			await world.pipeline.attachReceiver(
				{ id: 'r1', auth: OPEN },
				[{ config: anExportInput({ conditions: { count: 1 }, retry }), ports: { sink } }],
				HOLDER,
			).ready;
			await world.pipeline.accept('r1', aPush());
			const acked = async () => (await world.store.counters())[0]?.ackedTotal;
			for (let attempt = 1; attempt <= responses.length; attempt++) {
				// Real requests are under way between two steps of the clock.
				while (started.length < attempt) await settled();
				const before = (await world.store.counters())[0];
				while (before?.openRows && (await stillInFlight())) await settled();
				if (attempt < responses.length) {
					await world.clock.advance((delaysSeconds[attempt - 1] ?? 0) * 1000);
				}
			}
			while ((await acked()) !== 1) await settled();
		});
	} finally {
		await world.close();
	}
	assert.equal(started.length, expect['attempts']);
	const [first = 0, last = 0] = [started[0], started.at(-1)];
	assert.equal((last - first) / 1000, expect['elapsedSeconds']);

	async function stillInFlight(): Promise<boolean> {
		return [...world.pipeline.held().exports.values()].some(({ inFlight }) => inFlight > 0);
	}
}

/** What the vendor's own client makes of an answer: none is given that it does not know. */
runCases('Disruptive client cases', sections['clientErrors'] ?? [], {
	checks: {
		'*': (one) => {
			const { status } = (one as unknown as { answer: { status: number } }).answer;
			const isKnown = one.expect['raises'] !== 'UnknownError';
			const refusal = refusalOf(new Error(), { path: '/' });
			const written = disruptiveErrors.write({ ...refusal, status });
			assert.equal(written.status === status, isKnown);
			const declared = disruptiveDialect.routes.flatMap((route) =>
				declaredStatuses(disruptiveDialect, route),
			);
			if (!isKnown) assert.ok(!declared.includes(status));
		},
	},
});
runCases('Disruptive payload cases', sections['payloads'] ?? [], { waits: { '*': 'Receiving' } });

describe('Disruptive cases', () => {
	it('have no section that nobody runs', () => {
		const known = 'about system jwt payloads delivery retry filter rest errors auth clientErrors';
		assert.deepEqual(Object.keys(sections).sort(), known.split(' ').sort());
	});
});

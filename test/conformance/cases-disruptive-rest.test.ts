/** The cases of the API of data connectors, over HTTP. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { METRICS_COLLECTION, metricId } from '../../core/metrics/metric-documents';
import { blockOf, countRequest, keepMinutes, minuteIn, minuteOf } from '../../core/metrics/window';
import {
	openConnectorWorld,
	type Answered,
	type ConnectorWorld,
} from '../support/api/connector-world';
import { openKeyWorld } from '../support/api/key-world';
import { runCases } from './run-cases';

interface Step {
	readonly request: {
		readonly method: string;
		readonly path: string;
		readonly body?: unknown;
		readonly rawBody?: string;
	};
	readonly response: {
		readonly status: number;
		readonly json?: object;
		readonly jsonContains?: object;
		readonly jsonKeys?: readonly string[];
		readonly nameMatches?: string;
	};
}

interface Case extends Step {
	readonly id: string;
	readonly rules: readonly string[];
	readonly store?: readonly { readonly name: string }[];
	readonly then?: Step;
}

const sections = JSON.parse(
	readFileSync(new URL('../cases/disruptive.json', import.meta.url), 'utf8'),
) as Record<string, Case[]>;

async function withWorld(
	{ store = [] }: Pick<Case, 'store'>,
	test: (world: ConnectorWorld) => Promise<void>,
): Promise<void> {
	const world = await openConnectorWorld();
	try {
		for (const { name, ...resource } of store) await world.put(name.split('/')[3] ?? '', resource);
		await test(world);
	} finally {
		await world.close();
	}
}

async function take(
	world: ConnectorWorld,
	{ request, response }: Step,
	caller: 'good' | 'operator' = 'good',
): Promise<Answered> {
	const { method, path, body, rawBody } = request;
	const answer = await world.call(method, path, rawBody ?? body ?? undefined, caller);
	assert.equal(answer.status, response.status, JSON.stringify(answer.json));
	if (response.json) assert.deepEqual(answer.json, response.json);
	if (response.jsonContains) assert.partialDeepStrictEqual(answer.json, response.jsonContains);
	if (response.jsonKeys) assert.deepEqual(Object.keys(answer.json).sort(), response.jsonKeys);
	if (response.nameMatches)
		assert.match(String(answer.json['name']), new RegExp(response.nameMatches));
	return answer;
}

const checkCase = (one: Case) =>
	withWorld(one, async (world) => {
		await take(world, one);
		if (one.then) await take(world, one.then);
	});

runCases('Disruptive REST cases', sections['rest'] ?? [], {
	checks: {
		'*': checkCase,
		metrics: (one) =>
			withWorld(one, async (world) => {
				const given = (one as unknown as { given: Record<string, number> }).given;
				const now = world.world.clock.now();
				const minutes = new Map();
				const minute = minuteIn(minutes, minuteOf(now));
				const durationMs = Number(given['latency99pSeconds']) * 1_000;
				for (let i = 0; i < Number(given['successes']); i++) {
					countRequest(minute, { ok: true, durationMs });
				}
				const id = metricId('export:project:p1/dc1', blockOf(minuteOf(now)), 'another process');
				await world.core.access.documents.put(METRICS_COLLECTION, id, keepMinutes(minutes));
				const { latency99p: wanted, ...counts } = (
					one.response.json as { metrics: Record<string, unknown> }
				).metrics;
				const { json } = await take(world, { ...one, response: { status: 200 } });
				const { latency99p, ...others } = json['metrics'] as Record<string, unknown>;
				assert.deepEqual(others, counts);
				// Kept in a histogram, off by 2 % at most.
				const [told, due] = [latency99p, wanted].map((text) => Number.parseFloat(String(text)));
				assert.match(String(latency99p), /^\d+(\.\d+)?s$/);
				assert.ok(told && due && Math.abs(told - due) <= due * 0.02, String(latency99p));
			}),
	},
});

runCases('Disruptive refusals', sections['errors'] ?? [], {
	checks: {
		'*': checkCase,
		'rate-limit': async (one) => {
			const { given, asBuilt } = one as unknown as Record<string, Record<string, unknown>>;
			const world = await openKeyWorld({ rate: { perSecond: 5, burst: 25 } });
			try {
				let last = await world.list();
				for (let i = 1; i < Number(given?.['requestsWithinOneSecond']); i++) {
					assert.equal(last.status, 200);
					last = await world.list();
				}
				assert.equal(last.status, asBuilt?.['lastStatus']);
				assert.equal(last.headers.get('retry-after'), asBuilt?.['retryAfterHeader']);
			} finally {
				await world.close();
			}
		},
	},
});

runCases('Disruptive access cases', sections['auth'] ?? [], {
	checks: {
		'token-ok': async ({ response }) => {
			const world = await openKeyWorld();
			try {
				const answer = await world.token(await world.assertion());
				assert.equal(answer.status, response.status);
				assert.partialDeepStrictEqual(answer.json, response.jsonContains ?? {});
				assert.deepEqual(Object.keys(answer.json).sort(), response.jsonKeys);
				const authorization = `Bearer ${String(answer.json['access_token'])}`;
				assert.equal((await world.list(authorization)).status, 200);
			} finally {
				await world.close();
			}
		},
		'token-wrong-secret': (one) => checkRefused(one, { secret: 'x'.repeat(48) }),
		'token-wrong-audience': (one) =>
			checkRefused(one, { audience: 'https://other.example/oauth2/token' }),
		'basic-enabled': async ({ response }) => {
			for (const allowsBasic of [true, false]) {
				const world = await openKeyWorld({ allowsBasic });
				try {
					assert.equal((await world.list()).status, allowsBasic ? response.status : 401);
				} finally {
					await world.close();
				}
			}
		},
		'role-too-low': async (one) =>
			withWorld(one, async (world) => void (await take(world, one, 'operator'))),
	},
});

async function checkRefused(
	{ response }: Step,
	o: { readonly secret?: string; readonly audience?: string },
): Promise<void> {
	const world = await openKeyWorld();
	try {
		const { status, json } = await world.token(await world.assertion(o));
		assert.equal(status, response.status);
		assert.partialDeepStrictEqual(json, response.jsonContains ?? {});
	} finally {
		await world.close();
	}
}

/**
 * Requests that nobody would make, to every route of every dialect: each is answered, as its route declares, and none is an internal error.
 * What a route needs of the world is missing here, so a handler that is reached may say so; the table in front of it may not.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DIALECTS } from '../../core/api/dialects';
import { compilePattern } from '../../core/api/pattern';
import type { Dialect, Route } from '../../core/api/route';
import { anAccount, openApiWorld } from '../support/api/api-world';

const RUNS = 60 * Number(process.env['SLUICE_FUZZ_RUNS'] ?? 1);

const CALLERS = {
	good: { ...anAccount, grants: [{ project: '*', role: 'administer' } as const] },
	pusher: { ...anAccount, grants: [{ project: 'p1', role: 'push' } as const] },
	limited: { ...anAccount, limits: { receivers: ['r'] } },
};

/** Without handlers: what is fuzzed is what stands before them. */
function withoutHandlers(dialect: Dialect<never>): Dialect<unknown> {
	const routes = dialect.routes.map((route): Route<unknown> => {
		const [status = 200] = Object.keys(route.output).map(Number);
		const { json, text } = route.output[status] ?? {};
		const answer = { status, ...(json || text ? { text: 'null' } : {}) };
		return { ...route, output: { [status]: { description: '' } }, handle: async () => answer };
	});
	return { ...dialect, routes };
}

const segment = fc.oneof(
	fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }),
	fc.constantFrom('..', '.', '%', ':', '*', '{x}', '__proto__', 'constructor', 'x'.repeat(600)),
);
const json = fc.oneof(
	fc.json({ maxDepth: 4 }),
	fc.constantFrom(
		'',
		'{',
		'{"a":1,"a":2}',
		'{"__proto__":{}}',
		`${'['.repeat(600)}${']'.repeat(600)}`,
		'"\\ud800"',
		'\u0000',
		'x'.repeat(1_100_000),
	),
	fc.string({ unit: 'binary' }),
);

describe('routes of APIs take whatever comes', function () {
	this.timeout(120_000);

	for (const dialect of DIALECTS) {
		it(`${dialect.name}: every answer is one that its route declares, none is an internal error`, async () => {
			const world = await openApiWorld(withoutHandlers(dialect), undefined, { callers: CALLERS });
			const request = fc.record({
				operation: fc.constantFrom(...dialect.routes.map(({ operation }) => operation)),
				method: fc.option(
					fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'),
					{
						freq: 3,
					},
				),
				values: fc.array(segment, { minLength: 8, maxLength: 8 }),
				tail: fc.option(segment, { freq: 4 }),
				query: fc.option(fc.string({ unit: 'binary', maxLength: 40 })),
				secret: fc.constantFrom('good', 'pusher', 'limited'),
				type: fc.constantFrom(
					'application/json',
					'text/plain',
					'application/x-www-form-urlencoded',
					';',
				),
				body: json,
			});
			try {
				await fc.assert(
					fc.asyncProperty(request, async (one) => {
						const { status } = await send(one);
						assert.ok(status < 500, String(status));
					}),
					{ numRuns: RUNS },
				);
			} finally {
				await world.close();
			}

			async function send(one: {
				readonly operation: string;
				readonly method: string | null;
				readonly values: readonly string[];
				readonly tail: string | null;
				readonly query: string | null;
				readonly secret: string;
				readonly type: string;
				readonly body: string;
			}): Promise<Response> {
				const route = dialect.routes.find(({ operation }) => operation === one.operation);
				assert.ok(route);
				const pattern = compilePattern(route.pattern);
				const named = pattern.parameters.map((name, at) => [
					name,
					(one.values[at] ?? '').toWellFormed(),
				]);
				const path = pattern.fill(Object.fromEntries(named) as Record<string, string>);
				const tail = one.tail === null ? '' : `/${encodeURIComponent(one.tail.toWellFormed())}`;
				const query = one.query === null ? '' : `?${encodeURI(one.query.toWellFormed())}`;
				const method = one.method ?? route.method;
				const hasBody = method !== 'GET' && method !== 'HEAD';
				return world.call(method, `${path}${tail}${query}`, {
					headers: { ...shows(dialect, one.secret), 'content-type': one.type },
					...(hasBody ? { body: one.body } : {}),
				});
			}
		});
	}
});

function shows({ credentials }: Dialect<never>, secret: string): Record<string, string> {
	for (const way of credentials) {
		if (way.kind === 'authorization') return { authorization: `${way.scheme} ${secret}` };
		if (way.kind === 'header') return { [way.name]: secret };
		if (way.kind === 'basic') return { authorization: `Basic ${btoa(`x:${secret}`)}` };
	}
	return {};
}

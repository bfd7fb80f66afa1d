import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { createEvent } from '../../../core/event/create-event';
import { refuseDeepBody } from '../../../core/event/body';
import { isTooDeep, MAX_DEPTH } from '../../../core/event/depth';
import { eventRecord } from '../../../core/event/event-record';
import { writeJson } from '../../../core/event/write-json';

// The deep copy that Node-RED makes of every message but the first.
const { cloneMessage } = createRequire(import.meta.url)('@node-red/util').util as {
	cloneMessage(message: object): { payload: unknown };
};

const lists = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const objects = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const mixed = (levels: number) => `${'[{"a":'.repeat(levels / 2)}1${'}]'.repeat(levels / 2)}`;

describe('isTooDeep', () => {
	const cases: [name: string, json: string, deep: boolean][] = [
		['the bound in lists', lists(MAX_DEPTH), false],
		['one more', lists(MAX_DEPTH + 1), true],
		['the bound in objects', objects(MAX_DEPTH), false],
		['one more object', objects(MAX_DEPTH + 1), true],
		['a mix of both', mixed(MAX_DEPTH + 2), true],
		['many lists beside each other', `[${'[],'.repeat(5_000)}[]]`, false],
		['brackets in a string', `["${'['.repeat(5_000)}"]`, false],
		['brackets after escaped quotes', `["\\"${'[\\"'.repeat(5_000)}"]`, false],
		['brackets after an escaped backslash', `["\\\\",${lists(MAX_DEPTH)}]`, true],
		['a string without an end', `"${'['.repeat(5_000)}`, false],
		['depth after a long flat start', `[${'1,'.repeat(50_000)}${lists(MAX_DEPTH)}]`, true],
	];
	for (const [name, json, deep] of cases) {
		it(`tells ${name}`, () => assert.equal(isTooDeep(Buffer.from(json)), deep));
	}
});

describe('refuseDeepBody', () => {
	const refuse = (type: string | undefined, body: string) => () =>
		refuseDeepBody(createEvent({ headers: { 'content-type': type }, body }));
	const refused = { code: 'ERR_BODY_UNREADABLE', message: /500 levels/ };

	for (const levels of [MAX_DEPTH + 1, 8_000, 400_000]) {
		for (const type of ['application/json', 'application/vnd.x+json; charset=utf-8', undefined]) {
			it(`refuses ${levels} levels of ${type}`, () =>
				assert.throws(refuse(type, lists(levels)), refused));
		}
	}

	const taken: [name: string, type: string | undefined, body: string][] = [
		['the bound', 'application/json', lists(MAX_DEPTH)],
		['a text that looks like JSON', 'text/plain', lists(8_000)],
		['a form with many brackets', 'application/x-www-form-urlencoded', `a${'[b]'.repeat(8_000)}=1`],
		['what is no JSON after all', undefined, `${'['.repeat(8_000)} dear reader`],
		['lines of JSON', 'application/json', '{"a":[1]}\n'.repeat(8_000)],
	];
	for (const [name, type, body] of taken) it(`takes ${name}`, refuse(type, body));

	it('takes nothing that a host or a sink could not copy', () => {
		const event = createEvent({
			headers: { 'content-type': 'application/json' },
			body: objects(MAX_DEPTH),
		});
		refuseDeepBody(event);
		const record = eventRecord(event);
		for (const copy of [
			structuredClone(record),
			cloneMessage({ payload: record }).payload,
			JSON.parse(JSON.stringify(record)),
		])
			assert.deepEqual(copy, record);
	});
});

describe('writeJson', () => {
	const itself: Record<string, unknown> = {};
	itself['a'] = { b: [itself] };
	let deep: unknown = 1;
	for (let i = 0; i < 20_000; i++) deep = [deep];
	const bad: [name: string, value: unknown, message: RegExp][] = [
		['a value that refers to itself', itself, /refers to itself/],
		['a toJSON that fails, as it does of a BigInt', { toJSON: () => assert.fail('no') }, /BigInt/],
		['a function', () => 1, /holds a function/],
		['a symbol', Symbol('x'), /holds a symbol/],
		['undefined', undefined, /type undefined/],
		['what JSON.stringify cannot follow', deep, /500 levels/],
		['more than 500 levels', JSON.parse(lists(501)), /500 levels/],
	];
	// n8n-workflow, which other tests load, teaches every BigInt of the process to be JSON.
	const big = BigInt.prototype as unknown as { toJSON?: () => unknown };
	const { toJSON } = big;
	before(() => delete big.toJSON);
	after(() => {
		if (toJSON) big.toJSON = toJSON;
	});

	for (const [name, value, message] of bad) {
		it(`refuses ${name}`, () =>
			assert.throws(() => writeJson(value), { code: 'ERR_BODY_UNREADABLE', message }));
	}

	it('writes the rest', () => assert.equal(writeJson({ a: 'ä' }), '{"a":"ä"}'));
});

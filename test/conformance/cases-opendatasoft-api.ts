import assert from 'node:assert/strict';
import { eventually } from '../support/eventually';
import {
	as,
	KEEP,
	openResource,
	RESOURCE,
	type ResourceWorld,
} from '../support/api/resource-world';

interface Call {
	readonly request: {
		readonly method: string;
		readonly path: string;
		readonly headers?: Readonly<Record<string, string>>;
		readonly body?: unknown;
	};
	readonly response: {
		readonly status: number;
		readonly json?: object;
		readonly jsonContains?: object;
		readonly jsonKeys?: readonly string[];
	};
}

export interface AutomationCase extends Call {
	readonly id: string;
	readonly given?: { readonly pushDisabled?: boolean; readonly unpublished?: boolean };
	readonly then?: Call;
}

/** The request of a case over sockets, and what follows it. */
export async function checkAutomation(one: AutomationCase): Promise<void> {
	const { pushDisabled = false, unpublished = false } = one.given ?? {};
	const world = await openResource();
	try {
		const dataset = { id: 'ds', isPushEnabled: !pushDisabled, isPublished: !unpublished };
		await world.put({ dataset });
		await checkCall(world, one);
		if (one.then) await checkCall(world, one.then);
	} finally {
		await world.close();
	}
}

async function checkCall(world: ResourceWorld, { request, response }: Call): Promise<void> {
	const { method, path, headers = {}, body } = request;
	const init = { headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
	const { status, json } = await world.call(method, path, init);
	assert.equal(status, response.status, JSON.stringify(json));
	if (response.json) assert.deepEqual(json, response.json);
	if (response.jsonContains) assert.deepEqual({ ...json, ...response.jsonContains }, json);
	for (const key of response.jsonKeys ?? []) assert.ok(key in json, key);
}

export interface UnpublishCase {
	readonly id: string;
	readonly given: { readonly before: readonly object[]; readonly steps: readonly string[] };
	readonly then: { readonly records: readonly object[] };
	readonly ours: { readonly expect: { readonly records: readonly object[] } };
}

/** Of a dataset that keeps what it was pushed; its records are in a destination that loses them at the end. */
export async function checkUnpublish({ given, then, ours }: UnpublishCase): Promise<void> {
	const world = await openResource({ keep: KEEP });
	const holds = (wanted: readonly object[]) =>
		eventually(JSON.stringify(wanted), () => {
			return JSON.stringify([...world.destination.values()]) === JSON.stringify(wanted);
		});
	const push = (body: unknown) => ({ body: JSON.stringify(body) });
	try {
		const path = '/api/push/1.0/ds/realtime/push/?pushkey=K';
		for (const record of given.before) {
			assert.equal((await world.call('POST', path, push(record))).status, 200);
		}
		await holds(given.before);
		for (const step of given.steps) {
			await world.put({ dataset: { id: 'ds', isPublished: step === 'publish' } });
			if (step === 'unpublish')
				assert.equal((await world.call('POST', path, push({ a: 3 }))).status, 403);
		}
		await holds(ours.expect.records);
		world.destination.clear();
		assert.equal((await world.call('POST', `${RESOURCE}/recover/`, as('A'))).status, 200);
		await holds(then.records);
	} finally {
		await world.close();
	}
}

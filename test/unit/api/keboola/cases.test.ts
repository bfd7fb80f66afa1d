/** What the service's own fixtures pin down of its API: `test/cases/keboola.json`. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { listCredentials } from '../../../../core/api/access/read-access';
import { TASKS } from '../../../../core/api/keboola/tasks/task';
import { MAPPING, openKeboolaWorld, type KeboolaWorld } from './keboola-world';

interface Expected {
	readonly status: number;
	readonly error?: string;
	readonly message?: string;
	readonly bodyContains?: Readonly<Record<string, unknown>>;
}

interface Case {
	readonly id: string;
	readonly group: string;
	readonly api: string;
	readonly in: {
		readonly method: string;
		readonly path: string;
		readonly token: boolean;
		readonly contentType?: string;
		readonly body?: unknown;
		readonly given?: string;
	};
	readonly expect: Expected;
	readonly ours?: { readonly expect: Expected };
}

const { cases: all } = JSON.parse(
	readFileSync(path.join(__dirname, '../../../cases/keboola.json'), 'utf8'),
) as { cases: readonly Case[] };

/** Stream's own routes are none of the Buffer's. */
const OURS = all.filter(({ group, api }) => group === 'api' && api !== 'stream');

const column = (type: string) => ({ type, name: type });
const both = 'Body("col1")+":"+Body("col2")';
const template = { ...column('template'), template: { language: 'jsonnet', content: both } };
const mapping = (tableId: string, ...columns: object[]) => ({ tableId, columns });

describe('cases of the Keboola Buffer API', () => {
	let world: KeboolaWorld;
	beforeEach(async () => {
		world = await openKeboolaWorld();
		const created = { name: 'Export 1', mapping: MAPPING };
		const six = ['id', 'datetime', 'ip', 'body', 'headers'].map(column);
		const taking = { name: 'Export 1', mapping: mapping('in.c-bucket.six', ...six, template) };
		for (const receiver of [
			{ name: 'My Receiver', exports: [created] },
			{ name: 'Receiver 1', exports: [taking] },
		])
			assert.equal((await world.done('POST', '/v1/receivers', receiver)).task.status, 'success');
	});
	afterEach(() => world.close());

	it('are all there', () => assert.equal(OURS.length, 15));

	for (const { id, in: given, expect, ours } of OURS) {
		it(id, async () => {
			const needed =
				id.includes('receivers-list') || id.includes('update-004') ? 'nothing' : given.given;
			if (needed === 'nothing')
				for (const name of ['my-receiver', 'receiver-1'])
					await world.call('DELETE', `/v1/receivers/${name}`);
			if (id.includes('get-one')) await putFailedTask(given.path);
			const url = id.includes('005-mapping') ? await changeColumns() : await addressOf(given.path);
			const headers = {
				...(given.token ? {} : { 'x-storageapi-token': '' }),
				...(given.contentType ? { 'content-type': given.contentType } : {}),
			};
			const { status, json } = await world.call(given.method, url, given.body, headers);
			const { bodyContains = {}, ...told } = ours?.expect ?? expect;
			const { error, message } = json ?? {};
			assert.deepEqual(
				{ status, ...(told.error ? { error } : {}), ...(told.message ? { message } : {}) },
				told,
			);
			for (const [name, value] of Object.entries(bodyContains)) assert.deepEqual(json[name], value);
		});
	}

	it('limit-token-desc', async () => {
		const [token] = all.filter(({ id }) => id === 'limit-token-desc');
		const expected = token?.ours?.expect as { tokenDescription?: string } | undefined;
		await world.call('POST', '/v1/receivers/receiver-1/tokens/refresh');
		const { good } = await listCredentials(world.core.access.documents);
		assert.deepEqual(
			good.map(({ value: { label, limits } }) => [label, limits.tables]),
			[[expected?.tokenDescription, ['in.c-bucket.six']]],
		);
	});

	async function addressOf(template: string): Promise<string> {
		if (!template.includes('{secret}')) return template.replace('/foo/bar', '/v1/foo/bar');
		return (await world.call('GET', '/v1/receivers/receiver-1')).json.url;
	}

	/** @returns the address of the task that found another table */
	async function changeColumns(): Promise<string> {
		const made = {
			name: 'With Table',
			mapping: mapping('in.c-bucket.table2', column('id'), column('body')),
		};
		await world.done('POST', '/v1/receivers/my-receiver/exports', made);
		world.table('CREATE TABLE "in.c-bucket.table" (id TEXT, body TEXT)');
		const changed = { mapping: mapping('in.c-bucket.table', column('id'), column('ip')) };
		const { task } = await world.done(
			'PATCH',
			'/v1/receivers/my-receiver/exports/with-table',
			changed,
		);
		return task.url;
	}

	async function putFailedTask(address: string): Promise<void> {
		const id = address.replace('/v1/tasks/', '');
		const at = world.clock.now();
		const shared = {
			format: 1,
			id,
			project: 'p1',
			type: 'receiver.create',
			receiverId: 'my-receiver-b',
		};
		const task = { ...shared, status: 'error', error: 'some error', createdAt: at, finishedAt: at };
		await world.store.documents.put(TASKS, `p1/${id}`, task);
	}
});

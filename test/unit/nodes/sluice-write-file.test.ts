import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NodeOperationError, type INodeProperties } from 'n8n-workflow';
// With its extension: Sluice.node.json stands beside it.
import { Sluice } from '../../../nodes/Sluice/Sluice.node.js';
import { fileNames, fileRows, fileTexts } from '../../support/read-files';
import { execute, refusal, unwritable, type ContextInput } from './sluice-context';

const ALLOWED = 'N8N_RESTRICT_FILE_ACCESS_TO';

describe('Sluice, Item: Write File', () => {
	let root = '';
	let out = '';
	const before = process.env[ALLOWED];

	beforeEach(async () => {
		root = await mkdtemp(path.join(tmpdir(), 'sluice-write-'));
		out = path.join(root, 'out');
		mkdirSync(out);
		process.env[ALLOWED] = out;
	});
	afterEach(async () => {
		if (before === undefined) delete process.env[ALLOWED];
		else process.env[ALLOWED] = before;
		await rm(root, { recursive: true, force: true });
	});

	const write = (items: readonly object[], more: Partial<ContextInput> = {}) =>
		execute({
			resource: 'item',
			operation: 'writeFile',
			items: items.map((json) => ({ json: json as never })),
			...more,
			parameters: { directory: out, ...more.parameters },
		});

	/** All names are taken: the rows are on disk then, and their file has no name. */
	const unnamed = async (items: readonly object[], more: Partial<ContextInput>): Promise<void> => {
		const names = Array.from({ length: 1_000 }, (_, i) => `x-000001${i ? `-${i + 1}` : ''}.ndjson`);
		for (const name of names) writeFileSync(path.join(out, name), '');
		await assert.rejects(write(items, more), /on disk, but their file/);
		for (const name of names) rmSync(path.join(out, name));
	};

	it('makes one file of all items, which is complete and named when the item with its path leaves', async () => {
		const [one, ...others] = await write([{ n: 1 }, { n: 2, text: 'ä' }]);
		assert.deepEqual(others, []);
		assert.deepEqual(fileRows(out), [{ n: 1 }, { n: 2, text: 'ä' }]);
		const [name = ''] = fileNames(out);
		const file = path.join(out, name);
		const { size: bytes } = statSync(file);
		assert.deepEqual(one?.json, { path: file, fileName: name, bytes, rows: 2 });
		assert.deepEqual(one?.pairedItem, [{ item: 0 }, { item: 1 }]);
		assert.match(name, /^Sluice_\d{8}T\d{6}Z_000001\.ndjson$/);
	});

	it('writes CSV with the columns that were chosen, else with the fields of all items, and numbers files on', async () => {
		const fileOptions = { fileFormat: 'csv', fileName: 'x-{number}' };
		const items = [
			{ id: 1, name: 'a' },
			{ id: 2, more: { b: [true] } },
		];
		await write(items, { parameters: { fileOptions } });
		await write(items, {
			parameters: { fileOptions: { ...fileOptions, fileColumns: 'name, id' } },
		});
		assert.deepEqual(fileNames(out), ['x-000001.csv', 'x-000002.csv']);
		assert.deepEqual(fileTexts(out), [
			'id,name,more\n1,a,\n2,,"{""b"":[true]}"\n',
			'name,id\na,1\n,2\n',
		]);
	});

	it('writes what a field holds, without the credentials of who sent an event', async () => {
		const sluice = { id: 'e', receivedAt: '2026-11-30T12:00:00.000Z' };
		const event = { headers: { cookie: 'c', x: '1' }, body: { n: 1 }, sluice };
		await write([{ got: event }], { parameters: { source: 'field', sourceField: 'got' } });
		assert.deepEqual(fileRows(out), [{ ...event, headers: { x: '1' } }]);
	});

	it('refuses an item that cannot be written alone, and writes the others', async () => {
		const bad = unwritable().map(([, json]) => json);
		const output = await write([{ n: 1 }, ...bad], { continueOnFail: true });
		assert.deepEqual(fileRows(out), [{ n: 1 }]);
		const refused = output.filter(({ json }) => 'error' in json);
		assert.deepEqual(
			refused.map((item) => refusal(item).code),
			bad.map(() => 'ERR_BODY_UNREADABLE'),
		);
		assert.equal(output.filter(({ json }) => 'path' in json).length, 1);
	});

	it('writes nothing twice where n8n tries again, and another file in the next execution', async () => {
		const kept = {};
		const parameters = { fileOptions: { fileName: 'x-{number}' } };
		await unnamed([{ n: 1 }], { parameters, kept });
		const [one] = await write([{ n: 1 }], { parameters, kept });
		assert.deepEqual([fileNames(out), one?.json['rows']], [['x-000001.ndjson'], 1]);
		await write([{ n: 1 }], { parameters, kept });
		assert.deepEqual(fileNames(out), ['x-000001.ndjson', 'x-000002.ndjson']);
	});

	it('gives what a run before has left its name, and says which file is its own', async () => {
		const parameters = { fileOptions: { fileName: 'x-{number}' } };
		await unnamed([{ n: 1 }], { parameters });
		const [one] = await write([{ n: 2 }], { parameters });
		assert.equal(one?.json['fileName'], 'x-000002.ndjson');
		assert.deepEqual(fileRows(out), [{ n: 1 }, { n: 2 }]);
	});

	it('takes an expression for the name alone: a directory is typed', () => {
		const { properties } = new Sluice().description;
		const of = (name: string) =>
			properties.find(
				(one) =>
					one.name === name && one.displayOptions?.show?.['operation']?.includes('writeFile'),
			);
		assert.equal(of('directory')?.noDataExpression, true);
		const options = (of('fileOptions')?.options ?? []) as INodeProperties[];
		const takes = options.filter(({ noDataExpression }) => !noDataExpression);
		assert.deepEqual(
			takes.map(({ name }) => name),
			['fileName'],
		);
	});

	it('waits for another run of the same node that writes', async () => {
		const together = await Promise.all([1, 2, 3].map((n) => write([{ n }])));
		assert.equal(new Set(together.map(([one]) => one?.json['path'])).size, 3);
		assert.equal(fileRows(out).length, 3);
	});

	const wrong: [what: string, parameters: object, message: RegExp][] = [
		['no directory', { directory: '' }, /^directory: expected the name of a directory/],
		[
			'one that is not allowed',
			{ directory: tmpdir() },
			/^directory: expected a directory where n8n lets/,
		],
		[
			'a name that is a path',
			{ fileOptions: { fileName: '../{number}' } },
			/^fileOptions\.fileName: /,
		],
	];
	for (const [what, parameters, message] of wrong) {
		it(`refuses ${what}, for each item where the node goes on`, async () => {
			const more = { parameters: parameters as Record<string, unknown> };
			await assert.rejects(write([{}, {}], more), (error) => {
				assert(error instanceof NodeOperationError);
				assert.match(error.message, message);
				return true;
			});
			const output = await write([{}, {}], { ...more, continueOnFail: true });
			assert.deepEqual(
				output.map((item) => refusal(item).code),
				['ERR_CONFIG_INVALID', 'ERR_CONFIG_INVALID'],
			);
			assert.deepEqual(readdirSync(out), []);
		});
	}

	it('says what the file system says', async () => {
		await rm(out, { recursive: true });
		await assert.rejects(write([{ n: 1 }]), /out.*(is not there|does not exist|ENOENT)/);
	});
});

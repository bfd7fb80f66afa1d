import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEvent } from '../../../core/index';
import { n8nFolder as folderOfN8n } from '../../../nodes/shared/store';
import { eventually } from '../../support/eventually';
import { fileNames, fileTexts } from '../../support/read-files';
import { n8nFolder, type N8nFolder } from './sluice-store';
import { startInN8n, type StartedTrigger } from './trigger-world';

const ALLOWED = 'N8N_RESTRICT_FILE_ACCESS_TO';

describe('a Trigger that writes files', () => {
	let n8n: N8nFolder;
	let root = '';
	let running: StartedTrigger | undefined;
	const before = process.env[ALLOWED];

	beforeEach(async () => {
		n8n = await n8nFolder();
		root = await mkdtemp(path.join(tmpdir(), 'sluice-n8n-files-'));
		for (const name of ['out', 'other']) mkdirSync(path.join(root, name));
		process.env[ALLOWED] = `/nowhere; ${path.join(root, 'out')}`;
	});
	afterEach(async () => {
		await running?.close();
		running = undefined;
		if (before === undefined) delete process.env[ALLOWED];
		else process.env[ALLOWED] = before;
		await n8n.close();
		await rm(root, { recursive: true, force: true });
	});

	const start = async (directory: string, more: object = {}): Promise<void> => {
		running = await startInN8n({
			parameters: {
				...{ startOn: 'workflowItems', flushCount: 2, then: 'files', directory },
				...more,
			},
		});
	};

	it('as its options say, and starts no execution', async () => {
		const out = path.join(root, 'out');
		await start(out, {
			data: 'fields',
			fields: { values: [{ name: 'n', path: 'n' }] },
			fileOptions: { fileFormat: 'csv', fileGzip: true, fileAge: '', fileName: '{label}-{number}' },
		});
		const events = [1, 2].map((n) => createEvent({ body: { n } }));
		await n8n.pipeline.add('items:wf:node-a/events', events);
		await eventually('there is a file', () => fileNames(out).length > 0);
		assert.match(fileNames(out).join(), /^[\w-]+_events-000001\.csv\.gz$/);
		assert.deepEqual(fileTexts(out), ['n\n1\n2\n']);
		assert.deepEqual(running?.emitted, []);
	});

	const wrong: [what: string, directory: () => string, more: object, message: RegExp][] = [
		['no directory', () => '', {}, /^directory: expected the name of a directory/],
		['a relative one', () => 'out', {}, /^directory: expected an absolute path/],
		['one that is not allowed', () => path.join(root, 'other'), {}, /where n8n lets files/],
		['one behind a step back', () => path.join(root, 'out/../other'), {}, /where n8n lets files/],
		['one that only begins so', () => path.join(root, 'outer'), {}, /where n8n lets files/],
		[
			'one that a link leads to',
			() => {
				symlinkSync(path.join(root, 'other'), path.join(root, 'out/link'));
				return path.join(root, 'out/link');
			},
			{},
			/where n8n lets files/,
		],
		[
			'CSV without columns',
			() => path.join(root, 'out'),
			{ fileOptions: { fileFormat: 'csv' } },
			/^fileOptions\.fileFormat: expected json-array or ndjson/,
		],
		[
			'a size out of bounds',
			() => path.join(root, 'out'),
			{ fileOptions: { fileSize: '1B' } },
			/^fileOptions\.fileSize: expected a size such as 64MB, from 1KB to 10GB/,
		],
		[
			'a name that is a path',
			() => path.join(root, 'out'),
			{ fileOptions: { fileName: '../{number}' } },
			/^fileOptions\.fileName: expected letters/,
		],
	];
	for (const [what, directory, more, message] of wrong)
		it(`refuses ${what}, by the parameter's name`, async () => {
			await assert.rejects(start(directory(), more), { message });
		});

	it('never writes into the folder of n8n, whatever n8n allows', async () => {
		process.env[ALLOWED] = '';
		await assert.rejects(start(path.join(folderOfN8n(), 'x')), { message: /none of n8n's own/ });
	});
});

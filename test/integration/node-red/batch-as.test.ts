import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { eventually } from '../../support/eventually';
import { aBuffer, aReceiver, node, reportTo, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { startSinkServer, type SinkServer } from '../../support/sink-server';

describe('a batch that goes to the flow as one text or file', function () {
	this.timeout(180_000);
	let world: NodeRedWorld;
	let sink: SinkServer;

	before(async () => {
		[world, sink] = [await NodeRedWorld.create(), await startSinkServer()];
	});
	after(async () => {
		await world?.close();
		await sink?.close();
	});

	it('is a text with its type, and a file that Node-RED’s own node writes under its name', async () => {
		const buffer = (label: string, more: object): object =>
			aBuffer({ id: label, label, count: 2, time: '1h', ...more });
		const fields = { data: 'fields', fields: [{ name: 'n', path: 'n' }] };
		const buffers = [
			buffer('lines', { batchAs: 'text', batchFormat: 'ndjson', ...fields }),
			buffer('table', { batchAs: 'file', batchFormat: 'csv', batchCsvHeader: true, ...fields }),
		];
		const write = { filename: 'filename', filenameType: 'msg', overwriteFile: 'true' };
		await world.start({
			settings: `fileWorkingDirectory: ${JSON.stringify(world.userDir)},`,
			flows: [
				TAB,
				aReceiver('r', { buffers, outputs: 2 }, ['report'], ['write']),
				...reportTo(sink.url),
				node('file', 'write', { ...write, appendNewline: false, encoding: 'none' }, ['written']),
				node('sluice-ack', 'written', { mode: 'auto', configVersion: 1 }, []),
			],
		});
		for (const n of ['a', 'ü,"']) assert.equal((await world.push('/in/r', { n })).status, 200);
		await eventually('the text', () => sink.requests.length > 0);
		assert.equal(sink.requests[0]?.body.toString(), '{"n":"a"}\n{"n":"ü,\\""}\n');
		const name = await eventually('the file', () =>
			readdirSync(world.userDir).find((one) => /^table_\d{8}T\d{6}Z_\d+\.csv$/.test(one)),
		);
		const text = () => readFileSync(path.join(world.userDir, name), 'utf8');
		await eventually('all of it', () => text().split('\n').length > 3);
		assert.equal(text(), 'n\na\n"ü,"""\n');
	});
});

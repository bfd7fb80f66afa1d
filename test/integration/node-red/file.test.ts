import assert from 'node:assert/strict';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../../support/eventually';
import { aBuffer, aReceiver, node, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';

const mapped = {
	data: 'columns',
	columns: [{ type: 'path', name: 'n', path: 'n' }],
	retryDelays: '1s, 1s, 1s',
};
const file = (id: string, config: object = {}): object =>
	node('sluice-file', id, { directory: id, time: '1s', configVersion: 1, ...config }, []);

describe('sluice file, in a real Node-RED', function () {
	this.timeout(180_000);
	let world: NodeRedWorld;

	before(async () => {
		world = await NodeRedWorld.create();
		for (const id of ['rows', 'whole', 'plain', 'csv', 'grows'])
			await mkdir(path.join(world.userDir, id));
		await world.start({
			flows: [
				TAB,
				aReceiver('rows', { buffers: [aBuffer({ ...mapped, count: 2 })] }, ['rows-file']),
				file('rows-file', { directory: 'rows', fileFormat: 'csv', fileAge: '0s' }),
				aReceiver('whole', {}, ['whole-file', 'csv-file']),
				file('whole-file', { directory: 'whole', fileAge: '0s' }),
				aReceiver('csv', {}, ['csv-file']),
				file('csv-file', { directory: 'csv', fileFormat: 'csv', fileAge: '0s' }),
				aReceiver('grows', { buffers: [aBuffer({ ...mapped, count: 3 })] }, ['grows-file']),
				file('grows-file', { directory: 'grows', name: 'g' }),
				aReceiver('gone', { buffers: [aBuffer(mapped)] }, ['gone-file']),
				file('gone-file', { directory: 'gone' }),
				node('http in', 'in', { url: '/plain', method: 'post', upload: false }, [
					'plain-file',
					'out',
				]),
				node('http response', 'out', {}, []),
				file('plain-file', {
					directory: 'plain',
					fileAge: '0s',
					data: 'fields',
					fields: [{ name: 'n', path: 'n' }],
				}),
				aReceiver('none', { buffers: [aBuffer(mapped)] }, ['none-file']),
				file('none-file', { directory: '' }),
			],
		});
	});
	after(() => world.close());

	/** What is in the complete files of a directory, in the order of their names. */
	const written = async (directory: string): Promise<string[]> => {
		const folder = path.join(world.userDir, directory);
		const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).toSorted();
		return Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
	};
	/** What is in the file that grows. */
	const growing = async (directory: string): Promise<string[]> => {
		const folder = path.join(world.userDir, directory);
		const names = (await readdir(folder, { recursive: true })).filter((name) =>
			name.endsWith('.part'),
		);
		return Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
	};
	const push = async (to: string, ...numbers: number[]): Promise<void> => {
		for (const n of numbers) assert.equal((await world.push(`/in/${to}`, { n })).status, 200);
	};

	it('writes each batch as a whole, with the columns of its buffer', async () => {
		await push('rows', 1, 2, 3, 4);
		await eventually('two files', async () => (await written('rows')).length === 2);
		assert.deepEqual(await written('rows'), ['n\n1\n2\n', 'n\n3\n4\n']);
	});

	it('writes whole events as lines', async () => {
		await push('whole', 7);
		await eventually('a file', async () => (await written('whole')).length === 1);
		const [text = ''] = await written('whole');
		assert.deepEqual((JSON.parse(text) as { body: unknown }).body, { n: 7 });
	});

	it('takes messages by its own buffer, each element of a list a line', async () => {
		await world.push('/plain', [{ n: 1 }, { n: 2 }] as never);
		await eventually('a file', async () => (await written('plain')).length === 1);
		assert.deepEqual(await written('plain'), ['{"n":1}\n{"n":2}\n']);
	});

	it('keeps whole events that are to be a table, and pauses their buffer', async () => {
		await push('csv', 1);
		const why = /csv.*its rows are kept.*data: expected fields or columns/;
		await eventually('it says why', () => world.log.some((line) => why.test(line)));
		assert.deepEqual(await written('csv'), []);
	});

	it('tries again until the directory is there', async () => {
		await push('gone', 5);
		await eventually('it says why', () =>
			world.log.some((line) => /receiver:gone.*ERR_SINK_UNAVAILABLE/.test(line)),
		);
		await mkdir(path.join(world.userDir, 'gone'));
		await eventually(
			'it is written',
			async () =>
				(await readdir(path.join(world.userDir, 'gone', '.sluice')).catch(() => [])).length > 0,
		);
	});

	it('keeps what it cannot write, since it has no directory', async () => {
		await push('none', 1);
		const told = world.log.filter((line) => line.includes('none-file')).join('\n');
		assert.match(told, /directory: expected the name of a directory/);
	});

	it('has each row once of batches that were under way when the process was killed', async () => {
		const accepted: number[] = [];
		for (let round = 0; round < 2; round++) {
			const pushed = Promise.all(
				Array.from({ length: 30 }, async (_, i) => {
					const n = round * 100 + i;
					const answer = await world.push('/in/grows', { n }).catch(() => undefined);
					if (answer?.status === 200) accepted.push(n);
				}),
			);
			await eventually('some', () => accepted.length > round * 30 + 5 || accepted.length > 35);
			await world.kill();
			await pushed;
			await world.restart();
		}
		await eventually('all of them are on disk', async () => {
			const texts = [...(await written('grows')), ...(await growing('grows'))].join('');
			return accepted.every((n) => texts.includes(`{"n":${n}}`));
		});
		// What grows gets its name with the end of the node.
		await world.deploy([], 'full');
		const lines = (await written('grows')).join('').trim().split('\n');
		const numbers = lines.map((line) => (JSON.parse(line) as { n: number }).n);
		assert.equal(new Set(numbers).size, numbers.length, 'none twice');
		assert.deepEqual(
			accepted.filter((n) => !numbers.includes(n)),
			[],
		);
	});
});

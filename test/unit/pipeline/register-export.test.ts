import assert from 'node:assert/strict';
import { fullExportId } from '../../../core/config';
import {
	anExportInput,
	aPush,
	HOLDER,
	OPEN,
	pipelineWorld,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

describe('attaching what the store knows already', () => {
	let world: PipelineWorld;
	let puts: string[];
	beforeEach(async () => {
		world = await pipelineWorld();
		puts = [];
		const { store } = world;
		const putExport = store.putExport.bind(store);
		store.putExport = (config) => {
			puts.push(fullExportId(config));
			return putExport(config);
		};
	});
	afterEach(() => world.close());

	const columns = [{ type: 'path', name: 'a', path: 'a' }] as const;
	const deploy = async (...exports: Parameters<typeof anExportInput>[0][]) => {
		const attachment = world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN },
			exports.map((one) => ({ config: anExportInput(one) })),
			HOLDER,
		);
		await attachment.ready;
		return attachment;
	};

	it('writes nothing, and takes events by the mapping as it is', async () => {
		await (await deploy({ columns }, { id: 'other', filter: { types: ['t'] } })).detach();
		await world.store.setState('r1/main', 'PAUSED');
		puts.length = 0;
		await deploy({ columns }, { id: 'other', filter: { types: ['t'] } });
		assert.deepEqual(puts, []);
		assert.equal((await world.pipeline.accept('r1', aPush())).status, 200);
		assert.equal((await world.store.getExport('r1/main'))?.state, 'PAUSED');
		assert.equal((await world.store.peek('r1/main'))[0]?.mappingRevision, 1);
	});

	it('writes the one export that changed', async () => {
		await (await deploy({ columns }, { id: 'other' })).detach();
		puts.length = 0;
		await deploy({ columns: [...columns, { type: 'ip', name: 'ip' }] }, { id: 'other' });
		assert.deepEqual(puts, ['r1/main']);
		await world.pipeline.accept('r1', aPush());
		assert.equal((await world.store.peek('r1/main'))[0]?.mappingRevision, 2);
	});

	it('takes rows again for one that was being removed', async () => {
		await (await deploy({})).detach();
		await deploy({});
		await world.pipeline.accept('r1', aPush());
		await world.store.removeExport('r1/main', 'drain');
		puts.length = 0;
		await deploy({});
		assert.deepEqual(puts, ['r1/main']);
		assert.equal((await world.pipeline.accept('r1', aPush())).status, 200);
	});

	it('no longer holds an export that its receiver has no more', async () => {
		await deploy({}, { id: 'other' });
		await deploy({});
		const other = anExportInput({ id: 'other' });
		await world.pipeline.attachExport({ config: other }, { key: 'n2', label: 'n2' }).ready;
	});
});

import assert from 'node:assert/strict';
import type { NodeDef } from 'node-red';
import { migrate, type MigrationStep } from '../../../node-red/runtime/migrate';

/** As a release would have saved them: minutes at first, then seconds, then with a unit. */
const SAVED = [
	{ configVersion: 1, minutes: 5 },
	{ configVersion: 2, seconds: 300 },
	{ configVersion: 3, time: '300s' },
];
const STEPS: readonly MigrationStep[] = [
	({ minutes, ...rest }) => ({ ...rest, seconds: Number(minutes) * 60 }),
	({ seconds, ...rest }) => ({ ...rest, time: `${String(seconds)}s` }),
];

describe('the migration of what Node-RED has saved', () => {
	for (const saved of SAVED) {
		it(`brings version ${saved.configVersion} to the newest, step by step`, () => {
			const config = { id: 'n1', type: 'sluice-example', name: '', z: '', ...saved } as NodeDef;
			const { id, ...rest } = migrate(config, STEPS) as NodeDef & Record<string, unknown>;
			assert.equal(id, 'n1');
			assert.deepEqual(rest, {
				type: 'sluice-example',
				name: '',
				z: '',
				configVersion: 3,
				time: '300s',
			});
		});
	}

	it('leaves a node without steps as it is, and takes one without version for the first', () => {
		const config = { id: 'n1', type: 'sluice-map', name: '', z: '' } as NodeDef;
		assert.deepEqual(migrate(config), config);
		const old = { ...config, minutes: 1 } as NodeDef;
		assert.equal((migrate(old, STEPS) as NodeDef & { time?: string }).time, '60s');
	});
});

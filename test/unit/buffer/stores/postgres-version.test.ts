import assert from 'node:assert/strict';
import { checkServerVersion } from '../../../../core/buffer/stores/postgres/server-version';

describe('the version of a PostgreSQL server', () => {
	for (const number of [150_000, 150_018, 180_004, 200_000]) {
		it(`takes ${number}`, () => assert.deepEqual(checkServerVersion(number), []));
	}
	for (const number of [130_000, 149_999]) {
		it(`warns of ${number}`, () => assert.match(checkServerVersion(number).join(), /not tested/));
	}
	for (const number of [90_600, 120_022, 129_999, Number.NaN]) {
		it(`refuses ${number}`, () => {
			assert.throws(() => checkServerVersion(number), { code: 'ERR_CONFIG_INVALID' });
		});
	}
});

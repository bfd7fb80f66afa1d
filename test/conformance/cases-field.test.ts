import assert from 'node:assert/strict';
import { FIELD_CASES, type FieldChecks } from './field/field-case';
import { forwardChecks } from './field/forward';
import { jwtChecks } from './field/jwt';
import { mapChecks } from './field/map';
import { receiveChecks } from './field/receive';
import { storeChecks } from './field/store';

const CHECKS: FieldChecks = {
	...receiveChecks,
	...mapChecks,
	...forwardChecks,
	...storeChecks,
	...jwtChecks,
};

describe('cases from the field', () => {
	for (const one of FIELD_CASES) {
		const name = `${one.area}: ${one.id}, ${one.note}`;
		const check = CHECKS[one.id];
		if (check) it(name, () => check(one));
		else if (one.waitsFor) it(`${name} (waits for ${one.waitsFor})`);
		else it(name, () => assert.fail('nobody checks this case'));
	}

	it('has no check without its case', () => {
		const ids = new Set(FIELD_CASES.map(({ id }) => id));
		assert.deepEqual(
			Object.keys(CHECKS).filter((id) => !ids.has(id)),
			[],
		);
	});
});

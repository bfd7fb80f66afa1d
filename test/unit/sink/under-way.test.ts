import assert from 'node:assert/strict';
import { UnderWay } from '../../../core/sink/http/under-way';

describe('requests that are under way', () => {
	it('are waited for until one more has ended than had, also where that was before anybody waited', async () => {
		const underWay = new UnderWay();
		let end: () => void = () => {};
		underWay.add(new Promise((resolve) => (end = resolve)));
		underWay.add(Promise.resolve());
		const before = underWay.ended;
		await Promise.resolve();
		await Promise.resolve();
		assert.equal(underWay.ended, 1);
		await underWay.nextEnd(before);
		const next = underWay.nextEnd(underWay.ended);
		end();
		await next;
		assert.equal(underWay.ended, 2);
		await underWay.all();
	});
});

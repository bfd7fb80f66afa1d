import assert from 'node:assert/strict';
import {
	startListeningReceiver,
	type ListeningReceiver,
} from '../../../support/listening-receiver';
import { OPEN } from '../../../support/pipeline-fixtures';
import { aPost, exchange, slowPost, statuses } from '../../../support/raw-http';

describe('senders whose bodies come slowly', () => {
	let receiver: ListeningReceiver;
	beforeEach(async () => {
		const input = { auth: OPEN, limits: { concurrency: 1 } };
		receiver = await startListeningReceiver({ input });
	});
	afterEach(() => receiver.close());

	it('take no place from others, and are answered when they are done', async () => {
		const slow = await Promise.all([1, 2, 3].map(() => slowPost(receiver, '/in')));
		assert.deepEqual(statuses(await exchange(receiver, aPost('/in'))), [200]);
		for (const { finish } of slow) assert.deepEqual(statuses(await finish()), [200]);
		assert.equal(receiver.accepted(), 4);
	});
});

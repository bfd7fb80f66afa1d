import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ACCESS_COLLECTIONS } from '../../core/api/access/documents';
import { openAdmin } from '../../core/api/local/open-admin';
import type { MakerOptions } from './account-maker';
import { startChild } from './child';

describe('a process that is killed around a change that goes into the audit log', () => {
	for (const [where, collection, accounts] of [
		['before the change', ACCESS_COLLECTIONS.audit, 0],
		['between the change and its outcome', ACCESS_COLLECTIONS.accounts, 1],
	] as const) {
		it(`${where} leaves an entry that says begun, and no change without one`, async () => {
			const directory = await mkdtemp(path.join(tmpdir(), 'sluice-maker-'));
			const options: MakerOptions = {
				store: { kind: 'sqlite', directory },
				diesBehind: collection,
			};
			const child = startChild('account-maker.ts', [JSON.stringify(options)]);
			await child.waitFor('put');
			child.process.kill('SIGKILL');
			await child.ended;
			const admin = await openAdmin({ kind: 'sqlite', directory });
			const ask = async (operation: string) => (await admin.ask({ operation })).json as never;
			const { accounts: made } = (await ask('listAccounts')) as { accounts: { id: string }[] };
			assert.equal(made.length, accounts);
			const { entries } = (await ask('listAudit')) as { entries: object[] };
			assert.deepEqual(
				entries.map((entry) => ({ ...entry, id: '', at: '' })),
				[
					{
						id: '',
						at: '',
						operation: 'addAccount',
						by: { kind: 'local', id: '', account: '', label: 'command line' },
						project: '*',
						target: {},
						from: 'local',
						outcome: 'begun',
					},
				],
			);
			await admin.close();
			await rm(directory, { recursive: true });
		});
	}
});

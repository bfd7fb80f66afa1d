import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore } from '../../../core/buffer/open-store';
import { systemClock } from '../../../core/runtime/clock';
import { silentLogger } from '../../../core/runtime/logger';
import { warnOfFormerStores } from '../../../node-red/runtime/former-stores';
import { anExport, aRow } from '../../conformance/store-fixtures';

describe('a Node-RED node whose store was changed', () => {
	let folder = '';
	let warnings: string[] = [];

	beforeEach(async () => {
		folder = await mkdtemp(path.join(tmpdir(), 'sluice-former-'));
		warnings = [];
	});
	afterEach(() => rm(folder, { recursive: true, force: true }));

	const tell = (id: string, directory: string) =>
		warnOfFormerStores({
			node: { id, warn: (text: unknown) => void warnings.push(String(text)) },
			store: { kind: 'sqlite', directory: path.join(folder, directory) },
			userStores: folder,
			logger: silentLogger,
		});

	it('says what is left in the former one, and only there', async () => {
		const former = await openStore({ kind: 'sqlite', directory: path.join(folder, 'default') });
		await former.putExport(anExport());
		await former.append({
			receiverId: 'receiver',
			events: [{ rows: [aRow(systemClock, 'a'), aRow(systemClock, 'b')] }],
		});
		await former.close();
		const { receiverId } = anExport();
		await tell(receiverId, 'another');
		assert.equal(warnings.length, 1);
		assert.match(warnings[0] ?? '', /left in its former store .*default.*: 2 waiting, 0 in dead/);
		await tell(receiverId, 'default');
		await tell('somebody else', 'another');
		assert.equal(warnings.length, 1);
	});

	it('says nothing of what is no store', async () => {
		await mkdir(path.join(folder, 'empty'));
		await writeFile(path.join(folder, 'a file'), '');
		await tell('receiver', 'another');
		await rm(folder, { recursive: true });
		await tell('receiver', 'another');
		assert.deepEqual(warnings, []);
	});
});

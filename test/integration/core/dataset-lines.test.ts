import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { addAccount, addCredential } from '../../../core/api/access/change-access';
import type { Role } from '../../../core/api/access/roles';
import { DIALECTS } from '../../../core/api/dialects';
import { accessCore, openApi } from '../../../core/api/open-api';
import { sluiceDialect } from '../../../core/api/sluice/sluice-dialect';
import { createListener } from '../../../core/receiver/listener/listener';
import { recordId } from '../../../core/receiver/schema/record-id';
import { DefinitionWorld } from '../../support/definition-world';
import { pageLines } from '../../support/api/page-lines';
import { RecordingSink } from '../../support/pipeline-fixtures';
import { skipWithout } from '../../support/skip';

const run = promisify(execFile);
const PUSH_KEY = 'ab'.repeat(28);
const OK = { status: 'OK' };

describe('the lines of docs/apis.md about datasets of Opendatasoft', () => {
	before(async function () {
		await run('curl', ['--version']).catch((error: unknown) => skipWithout(this, 'curl', error));
	});

	it('work as printed over all APIs on one port, with the address and the credentials changed', async () => {
		const world = await DefinitionWorld.open('memory');
		const sink = new RecordingSink();
		const stored = await world.api({ keys: 'a'.repeat(64), ports: () => ({ sink }) });
		const { clock, pipeline, store } = world;
		const listener = await createListener({ port: 0 });
		const api = await openApi({
			...{ pipeline, stored, listener, clock },
			exposure: { at: 'listener', host: '127.0.0.1' },
			holder: { label: 'the test' },
			dialects: DIALECTS.filter((dialect) => dialect !== sluiceDialect),
		});
		const { access } = accessCore(store, { clock });
		const token = async (project: string, role: Role) => {
			const account = await addAccount(access, { label: 'a', grants: [{ project, role }] });
			return (await addCredential(access, account.id, { kind: 'token', label: 'a' })).secret;
		};
		const values = {
			'http://127.0.0.1:8080': `http://127.0.0.1:${listener.port}`,
			'<TOKEN>': await token('*', 'develop'),
			'<API_KEY>': await token('default', 'develop'),
			'<PUSH_KEY>': PUSH_KEY,
			'<RECORD_ID>': recordId({ isbn: '978-2862744506' }, { unique: ['isbn'] }) ?? '',
		};
		const ask = async (line: string): Promise<Record<string, unknown>> => {
			const mine = Object.entries(values).reduce((text, pair) => text.replaceAll(...pair), line);
			assert.doesNotMatch(mine, /<[A-Z_]+>/);
			const { stdout } = await run('sh', ['-eu', '-c', mine], { timeout: 20_000 });
			return JSON.parse(stdout) as Record<string, unknown>;
		};
		try {
			const [make = '', ...pushes] = pageLines('Opendatasoft: `/api/push/1.0`');
			const became = (await ask(make))['definitions'] as { became: string }[];
			assert.deepEqual(
				became.map((one) => one.became),
				['imported', 'imported'],
			);
			const answers = [];
			for (const line of pushes) answers.push(await ask(line));
			assert.deepEqual(answers, [OK, OK, OK]);
			const rows = await store.peek('books/flow', { limit: 10 });
			const operations = rows.map(({ operation = 'push' }) => operation);
			assert.deepEqual(operations, ['push', 'push', 'delete', 'delete']);

			const shown = [];
			for (const line of pageLines('Opendatasoft: `/api/automation/v1.0`')) {
				const { uid, params } = await ask(line);
				const { push_enabled, push_url } = params as { push_enabled: boolean; push_url: string };
				shown.push([uid, push_enabled, push_url.endsWith(PUSH_KEY)]);
			}
			assert.deepEqual(shown, [
				['realtime', false, true],
				['realtime', true, true],
				['realtime', true, true],
				['realtime', true, false],
			]);
		} finally {
			await api.close();
			await listener.close();
			await world.close();
		}
	});
});

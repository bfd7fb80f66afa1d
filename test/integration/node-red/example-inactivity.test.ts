import assert from 'node:assert/strict';
import path from 'node:path';
import { SEEN_COLLECTION } from '../../../core/alerts/receiver-alerts';
import { openStore } from '../../../core/buffer/open-store';
import { eventually } from '../../support/eventually';
import { modulesOf, readExample, withSettings } from '../../support/example-flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { startSmtpSink, type SmtpSink } from '../../support/smtp-sink';

const SECRET = 'u'.repeat(16);
const example = readExample('inactivity-by-e-mail.json');
const LAST_EVENT = Date.UTC(2026, 0, 2, 3, 4, 5);

describe('the example that says by e-mail when nothing comes, in a real Node-RED', function () {
	this.timeout(240_000);
	let world: NodeRedWorld;
	let smtp: SmtpSink;

	before(async () => {
		smtp = await startSmtpSink();
		world = await NodeRedWorld.create();
		await leaveSilent();
	});
	after(async () => {
		await world?.close();
		await smtp?.close();
	});

	it('a mail when a sender is silent, sent again until the server takes it, and another when it is back', async () => {
		smtp.refuse(true);
		await world.start({
			flows: withSettings(example, {
				'ex7-mail': { server: '127.0.0.1', port: String(smtp.port), secure: false },
				'ex7-alert': { retryDelays: 'exponential 1s 2s' },
			}),
			modules: modulesOf(example),
			credentials: {
				'ex7-receiver': { urlSecret: SECRET },
				'ex7-mail': { userid: 'sluice@example.com', password: 'p' },
			},
		});
		await eventually('the server has refused it', () => smtp.refused > 0, 120_000);
		smtp.refuse(false);
		await eventually('the mail', () => smtp.mails.length === 1, 30_000);
		const [silent] = smtp.mails;
		assert.deepEqual([silent?.from, silent?.to], ['sluice@example.com', ['operators@example.com']]);
		assert.match(silent?.text ?? '', /^Subject: Nothing comes from readings$/m);
		assert.match(silent?.text ?? '', /^Last event: 2026-01-02T03:04:05\.000Z$/m);

		const { status } = await world.push(`/sluice/ex7-receiver/${SECRET}`, { device: 'd1' });
		assert.equal(status, 200);
		await eventually('the second mail', () => smtp.mails.length === 2, 30_000);
		assert.match(smtp.mails[1]?.text ?? '', /^Subject: readings is back$/m);
	});

	/** As a process leaves it that was stopped long ago. */
	async function leaveSilent(): Promise<void> {
		const directory = path.join(world.userDir, 'sluice', 'default');
		const store = await openStore({ kind: 'sqlite', directory });
		await store.documents.put(SEEN_COLLECTION, 'ex7-receiver', LAST_EVENT);
		await store.close();
	}
});

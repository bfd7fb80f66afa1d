import assert from 'node:assert/strict';
import type { Browser, Locator } from 'playwright-core';
import { eventually } from '../../support/eventually';
import { PACKAGE, prepareBrowserSuite, readyForBrowser } from './browser-suite';
import { EditorPage, launchChromium, type Theme } from './editor-page';
import { startNodeRed, type NodeRed } from './node-red';

const FLOW = [
	{ id: 'tab0', type: 'tab', label: 'Sluice' },
	{
		...{ id: 'inbox', type: 'sluice-receiver', z: 'tab0', name: 'inbox', x: 200, y: 80 },
		...{ path: '/in', auth: [{ kind: 'none' }], maxBodyBytes: 1_048_576, configVersion: 1 },
		buffers: [
			{
				...{ id: 'temps', label: 'temps', data: 'fields', columns: [] },
				fields: [{ name: 'was', path: 't' }],
				...{ count: 1, time: '1h', size: '5MB', done: 'sent', ackTimeoutSeconds: 600 },
				onMappingError: 'reject',
			},
		],
		...{ outputs: 1, wires: [['sink']] },
	},
	{ id: 'sink', type: 'debug', z: 'tab0', x: 500, y: 120, active: false, wires: [] },
	{
		...{ id: 'ask', type: 'http in', z: 'tab0', x: 200, y: 200, url: '/ask', method: 'post' },
		wires: [['control']],
	},
	{
		...{ id: 'control', type: 'sluice-control', z: 'tab0', x: 350, y: 200, configVersion: 1 },
		...{ verb: '', buffer: 'inbox/temps', confirm: 'ask', wires: [['answer']] },
	},
	{ id: 'answer', type: 'http response', z: 'tab0', x: 500, y: 200, wires: [] },
];

for (const theme of ['light', 'dark'] satisfies Theme[]) {
	describe(`keeping what was delivered, in the ${theme} theme`, function () {
		prepareBrowserSuite(this, () => editor);
		let nodeRed: NodeRed;
		let browser: Browser;
		let editor: EditorPage;

		before(async function () {
			const executablePath = readyForBrowser(this);
			nodeRed = await startNodeRed(PACKAGE, FLOW);
			browser = await launchChromium(executablePath);
			editor = await EditorPage.open(browser, nodeRed.url, theme);
		});
		after(async () => {
			await browser?.close();
			await nodeRed?.close();
		});

		const post = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
			const answer = await fetch(new URL(path, nodeRed.url), {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify(body),
			});
			assert.equal(answer.status, 200);
			return (await answer.json()) as Record<string, unknown>;
		};
		const openBuffer = async (): Promise<Locator> => {
			await editor.openDialog('inbox');
			const item = editor.page.locator('.sluice-buffers > li').first();
			await item.locator('.sluice-buffer-head').click();
			await editor.openOptions();
			return item;
		};

		it('is set beside filter and order, told what is wrong, and deployed', async () => {
			const item = await openBuffer();
			const [days, gb] = [item.locator('.sluice-keep-days'), item.locator('.sluice-keep-gb')];
			assert.equal(await days.inputValue(), '');
			for (const [field, wrong] of [
				[days, '367'],
				[gb, '0'],
			] as const) {
				await editor.fill(field, wrong);
				await editor.expectWrong(field, true);
				await editor.fill(field, '3');
				await editor.expectWrong(field, false);
			}
			await days.scrollIntoViewIfNeeded();
			await editor.screenshot('keep');
			await editor.done();
			await editor.deploy();
			const saved = (await nodeRed.readFlows()).find(({ id }) => id === 'inbox');
			const [buffer] = saved?.['buffers'] as Record<string, unknown>[];
			assert.deepEqual([buffer?.['keepDays'], buffer?.['keepGb']], [3, 3]);
		});

		it('lets a control node replay what was kept', async () => {
			await post('/in', { t: 20 });
			await post('/in', { t: 21 });
			const asked = await post('/ask', { verb: 'replayKept' });
			assert.deepEqual([asked['done'], asked['rows']], [false, 2]);
			const begun = await post('/ask', { verb: 'replayKept', confirm: 2 });
			assert.equal(begun['events'], 2);
			const done = await eventually('both are delivered once more', async () => {
				const { exports } = await post('/ask', { verb: 'snapshot' });
				const [one] = exports as { totals: { acked: number }; kept: { events: number } }[];
				return one?.totals.acked === 4 && one;
			});
			assert.equal(done.kept.events, 2);
		});
	});
}

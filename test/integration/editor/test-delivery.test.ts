import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { SAMPLE_TYPES } from '../../../core/pure/sample-events';
import { startSinkServer, type SinkServer } from '../../support/sink-server';
import { PACKAGE, prepareBrowserSuite, readyForBrowser } from './browser-suite';
import { EditorPage, launchChromium, type Theme } from './editor-page';
import { startNodeRed, type NodeRed } from './node-red';

const flow = (url: string): object[] => [
	{ id: 'tab0', type: 'tab', label: 'Sluice' },
	{
		id: 'f1',
		type: 'sluice-forward',
		z: 'tab0',
		x: 260,
		y: 120,
		name: 'to the endpoint',
		url,
		headers: [{ name: 'X-Site', value: 'b4' }],
		signatures: [],
		configVersion: 1,
		wires: [[]],
	},
];

for (const theme of ['light', 'dark'] satisfies Theme[]) {
	describe(`the page Test of sluice forward, in the ${theme} theme`, function () {
		prepareBrowserSuite(this, () => editor);
		let sink: SinkServer;
		let nodeRed: NodeRed;
		let browser: Browser;
		let editor: EditorPage;

		before(async function () {
			const executablePath = readyForBrowser(this);
			sink = await startSinkServer();
			nodeRed = await startNodeRed(PACKAGE, flow(`${sink.url}/in?key=hunter2hunter2`));
			browser = await launchChromium(executablePath);
			editor = await EditorPage.open(browser, nodeRed.url, theme);
		});
		after(async () => {
			await browser?.close();
			await nodeRed?.close();
			await sink?.close();
		});

		const open = async (id: string): Promise<void> => {
			await editor.openDialog(id);
			await editor.turnTo('test');
		};
		const form = () => editor.page.locator('#sluice-page-test');
		const result = () => form().locator('.sluice-tested');
		const run = async (became: string): Promise<string> => {
			await form().getByRole('button', { name: 'Test' }).click();
			await editor.page.locator(`.sluice-tested[data-became="${became}"]`).waitFor();
			return result().innerText();
		};

		it('sends a sample, and shows request, answer and what becomes of it', async () => {
			await open('f1');
			assert.match(await form().innerText(), /by what is deployed/);
			const choices = await form().locator('select option').allInnerTexts();
			assert.equal(choices.length, SAMPLE_TYPES.length + 1);
			await form().locator('select').selectOption('temperature');
			sink.answer = (_request, response) =>
				response
					.writeHead(200, { 'x-served-by': 'me' })
					.end('<img src="x" onerror="alert(1)">thanks');
			const shown = await run('delivered');
			for (const part of [
				'Delivered: the endpoint answered 200.',
				`POST ${sink.url}/in?key=***`,
				'X-Site: ***',
				'"eventType":"temperature"',
				'Status 200 after',
				'x-served-by: me',
				'<img src="x" onerror="alert(1)">thanks',
			])
				assert.ok(shown.includes(part), `${part} is not in: ${shown}`);
			assert.ok(!shown.includes('hunter2'));
			assert.equal(await result().locator('img').count(), 0);
			assert.equal(sink.requests.at(-1)?.headers['x-site'], 'b4');
			await editor.settled();
			await editor.screenshot('forward-test');
		});

		it('sends an event of your own, and says that it would be sent again', async () => {
			await form().locator('select').selectOption('own');
			await form().locator('textarea').fill('{"mine": true}');
			sink.answer = (_request, response) => response.writeHead(503).end();
			const shown = await run('again');
			assert.match(shown, /Not taken: the receiver answered 503\. It would be sent again in 5s\./);
			assert.match(shown, /A body of 0 bytes/);
			assert.deepEqual(sink.requests.at(-1)?.json, { mine: true });
			await form().locator('textarea').fill('no JSON');
			sink.answer = (_request, response) => response.writeHead(404).end('none of that');
			assert.match(await run('dead'), /put aside as a dead letter/);
			assert.equal(String(sink.requests.at(-1)?.body), 'no JSON');
			await editor.screenshot('forward-test-refused');
		});

		it('tests what is deployed, not what is typed', async () => {
			await editor.turnTo('endpoint');
			await editor.fill(editor.page.locator('#node-input-url'), 'http://127.0.0.1:1/elsewhere');
			await editor.turnTo('test');
			const before = sink.requests.length;
			sink.answer = (_request, response) => response.end();
			await run('delivered');
			assert.equal(sink.requests.length, before + 1);
		});

		it('is broken off where the dialog is closed', async () => {
			const closed = new Promise<void>((resolve) => {
				sink.answer = (_request, response) => void response.on('close', resolve);
			});
			const before = sink.requests.length;
			await form().getByRole('button', { name: 'Test' }).click();
			while (sink.requests.length === before) await editor.page.waitForTimeout(50);
			await editor.cancelDialogs();
			await closed;
		});

		it('says that a node has to be deployed first', async () => {
			sink.answer = (_request, response) => response.end();
			const id = await editor.drop('sluice-forward', 300, 300);
			await open(id);
			assert.match(await run(''), /not deployed, is disabled, or cannot start/);
			await editor.cancelDialogs();
			assert.deepEqual(editor.problems, []);
		});
	});
}

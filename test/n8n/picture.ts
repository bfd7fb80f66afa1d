// Opens both nodes in a real n8n editor and takes pictures: `node --import=tsx test/n8n/picture.ts`, after a build. They land in
// .cache/screenshots; the one of the README in docs/images/n8n-editor.png.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { ROOT } from '../../scripts/host/cache';
import { OWNER } from '../../scripts/host/n8n-host';
import { findChromium, launchChromium } from '../integration/editor/editor-page';
import { N8nWorld } from '../support/n8n-world';

const PICTURES = path.join(ROOT, '.cache/screenshots');

async function main(): Promise<void> {
	const chromium = findChromium();
	if (!chromium) throw new Error('Chromium is missing');
	await mkdir(PICTURES, { recursive: true });
	const world = await N8nWorld.create();
	const browser = await launchChromium(chromium);
	try {
		const workflowId = await world.save(
			'Sensors',
			[
				{
					id: 'a1',
					name: 'Sluice Trigger',
					type: '@sluice/n8n-nodes-sluice.sluiceTrigger',
					typeVersion: 2,
					position: [0, 0],
					webhookId: '7f0c2f3e-5a1d-4f0e-9c63-2f1f6c1f7a10',
					parameters: {},
				},
				{
					id: 'a2',
					name: 'Sluice',
					type: '@sluice/n8n-nodes-sluice.sluice',
					typeVersion: 1,
					position: [320, 0],
					parameters: {},
				},
			] as never,
			{ 'Sluice Trigger': { main: [[{ node: 'Sluice', type: 'main', index: 0 }]] } },
		);
		for (const theme of ['light', 'dark'] as const) {
			const context = await browser.newContext({
				viewport: { width: 1440, height: 1000 },
				colorScheme: theme,
			});
			await context.request.post(`${world.url}/rest/login`, {
				data: { emailOrLdapLoginId: OWNER.email, password: OWNER.password },
			});
			const page = await context.newPage();
			page.on('pageerror', (error) => console.error(`page error: ${error.message}`));
			await page.goto(`${world.url}/workflow/${workflowId}`);
			await page.locator('[data-test-id="canvas-node"]').first().waitFor({ timeout: 60_000 });
			await page.waitForTimeout(2_000);
			await page.screenshot({ path: path.join(PICTURES, `n8n-${theme}-canvas.png`) });
			await shoot(page, theme, 'Sluice Trigger', 'trigger');
			await shoot(page, theme, 'Sluice', 'action');
			await context.close();
		}
	} finally {
		await browser.close();
		await world.close();
	}
}

async function shoot(page: Page, theme: string, node: string, name: string): Promise<void> {
	await page.locator(`[data-test-id="canvas-node"][data-node-name="${node}"]`).first().dblclick();
	await page.waitForTimeout(1_500);
	await page.screenshot({ path: path.join(PICTURES, `n8n-${theme}-${name}.png`) });
	await page.keyboard.press('Escape');
	await page.waitForTimeout(500);
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});

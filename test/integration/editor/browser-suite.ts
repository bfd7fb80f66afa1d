import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { skipWithout } from '../../support/skip';
import { findChromium, type EditorPage } from './editor-page';

/** The built package that Node-RED loads. */
export const PACKAGE =
	process.env['SLUICE_PACKAGE'] ?? path.resolve(import.meta.dirname, '../../..');

/** A test has several waits, each of which may take up to a minute. */
const TEST_TIMEOUT_MS = 180_000;

/** What a suite needs that drives an external browser on a machine it shares. */
export function prepareBrowserSuite(
	suite: Mocha.Suite,
	editor: () => EditorPage | undefined,
): void {
	suite.timeout(TEST_TIMEOUT_MS);
	// The browser is another program on a machine that others use: in CI its clicks get lost now and then, for no fault of ours.
	suite.retries(process.env['CI'] ? 2 : 0);
	suite.beforeEach(async function () {
		if (retriesOf(this.currentTest) > 0) await editor()?.cancelDialogs();
	});
	suite.afterEach(function () {
		const test = this.currentTest;
		const retries = retriesOf(test);
		// A test that needs this more than now and then is wrong: nobody must overlook it.
		if (retries > 0) console.log(`*** RETRY ${retries}: ${test?.fullTitle()} → ${test?.state} ***`);
	});
}

/** Skips where there is no browser, but never in CI. Returns the path of Chromium. */
export function readyForBrowser(context: Mocha.Context): string {
	const executablePath = findChromium();
	if (executablePath === undefined) return skipWithout(context, 'Chromium (CHROMIUM_PATH)');
	for (const built of ['dist/node-red', 'resources/editor.js']) {
		// Without editor.js Node-RED's editor would wait for it for ever.
		assert.ok(existsSync(path.join(PACKAGE, built)), `${built} is missing; build first`);
	}
	return executablePath;
}

/** Public in Mocha, protected in its types. */
function retriesOf(test: Mocha.Test | undefined): number {
	return (test as unknown as { currentRetry(): number } | undefined)?.currentRetry() ?? 0;
}

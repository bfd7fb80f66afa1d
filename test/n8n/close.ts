import { closeSharedN8n, sharedLog } from '../support/n8n-world';

/** mocha's root hooks: one n8n for all files, and what it logged where a test fails. */
export const mochaHooks: Mocha.RootHookObject = {
	async afterEach(this: Mocha.Context) {
		if (this.currentTest?.state !== 'failed') return;
		process.stderr.write(`${(await sharedLog()).slice(-25).join('\n')}\n`);
	},
	async afterAll(this: Mocha.Context) {
		this.timeout(60_000);
		await closeSharedN8n();
	},
};

import { sharedLog } from '../support/n8n-world';

/** mocha's root hook: what the shared n8n logged where a test fails. */
export const mochaHooks: Mocha.RootHookObject = {
	async afterEach(this: Mocha.Context) {
		if (this.currentTest?.state !== 'failed') return;
		process.stderr.write(`${(await sharedLog()).slice(-25).join('\n')}\n`);
	},
};

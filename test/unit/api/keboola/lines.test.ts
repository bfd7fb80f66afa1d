import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { openKeboolaWorld } from './keboola-world';

const run = promisify(execFile);

/** Lines for a shell that a section of docs/apis.md shows. */
function linesOf(title: string): string[] {
	const page = readFileSync(path.join(__dirname, '../../../../docs/apis.md'), 'utf8');
	const [, section = ''] = page.split(`\n## ${title}`);
	const [own = ''] = section.split('\n## ');
	return [...own.matchAll(/```sh\n([^]*?)```/g)].flatMap(([, block = '']) =>
		block.split(/\n(?=curl)/),
	);
}

describe('the lines of docs/apis.md for the Keboola Buffer', () => {
	it('work as they are printed, with host, token and URL put in', async () => {
		const world = await openKeboolaWorld();
		const shell = async (line: string, url = '') => {
			const given = line
				.replace('https://buffer.keboola.com', world.origin)
				.replace('<token>', 'good')
				.replace('<url>', url.replace('http://api.example.com', world.origin));
			const { stdout } = await run('sh', ['-c', `${given.trim()} -sS --fail -m 30`]);
			return stdout === '' ? undefined : JSON.parse(stdout);
		};
		try {
			const [make = '', show = '', push = '', ...more] = linesOf('Keboola Buffer');
			assert.deepEqual(more, []);
			const task = await shell(make);
			await world.finished(task.url);
			const receiver = await shell(show);
			assert.equal(receiver.exports[0].mapping.tableId, 'in.c-main.events');
			assert.equal(await shell(push, receiver.url), undefined);
			const counters = await world.store.counters();
			const [{ exportId, rows } = {}] = counters;
			assert.deepEqual([exportId, rows], ['keboola:p1:my-receiver/my-export', 1]);
		} finally {
			await world.close();
		}
	});
});

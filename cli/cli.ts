#!/usr/bin/env node
/**
 * The command-line tool, bin `sluice`. n8n links no bins, so docs and errors show its path: node <package>/dist/cli.js
 *
 * This file alone is loaded before Node's version is known to be new enough; everything else is loaded after that.
 */
const NEEDED = [22, 13] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
	process.stderr.write(
		`sluice needs Node ${NEEDED.join('.')} or newer, this is ${process.versions.node}; ` +
			'run it with the Node that runs Node-RED or n8n\n',
	);
	process.exitCode = 2;
} else {
	void import('./main').then(async ({ main }) => {
		await main(process.argv.slice(2));
		end();
	});
}

/** Once everything is printed: whatever a store or a library has left open must not keep a finished command waiting. */
function end(): void {
	process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}

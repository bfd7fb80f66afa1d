const { mkdirSync, statfsSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

// Stores on tmpfs, or inside a container, are shown as ones that vanish: the tests' own are on a disk.
if ([0x01021994, 0x794c7630].includes(statfsSync(tmpdir()).type)) {
	process.env.TMPDIR = join(__dirname, '.cache', 'tmp');
	mkdirSync(process.env.TMPDIR, { recursive: true });
}

module.exports = {
	'node-option': ['import=tsx'],
	extension: ['ts'],
	require: ['test/support/bundles.ts', 'test/support/end-of-run.ts'],
	// After the hook of that file: Node's own end waits for requests that may never be answered, at full load.
	exit: true,
	// Nothing is timed by tests: this only ends what hangs, on the slowest machine.
	timeout: 60_000,
	'forbid-only': true,
	// Thousands of names would bury a failure in a log that is read in parts.
	reporter: process.env.CI ? 'dot' : 'spec',
};

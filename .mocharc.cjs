module.exports = {
	'node-option': ['import=tsx'],
	extension: ['ts'],
	// Nothing is timed by tests: this only ends what hangs, on the slowest machine.
	timeout: 60_000,
	'forbid-only': true,
	// Thousands of names would bury a failure in a log that is read in parts.
	reporter: process.env.CI ? 'dot' : 'spec',
};

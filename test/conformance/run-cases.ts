import assert from 'node:assert/strict';

/** Names of the capabilities that cases wait for; an open issue of that name brings each. */
export type Capability =
	'Forwarding' | 'Receiving' | 'Exports into tables and files' | 'The three REST APIs';

interface OneCase {
	readonly id: string;
	/** Numbers of the rules of `docs/spec` that it proves. */
	readonly rules?: readonly string[];
	/** Why the case is about something that the product is not to have. */
	readonly notPlanned?: string;
}

type Check<T> = (one: T) => void | Promise<void>;

/**
 * Makes a test of every case: by the check of its id (or `*`, for all ids without one of their own), or pending with the name
 * of what it waits for. A case with neither fails, as do a check and a capability that belong to no case: no case is passed over
 * in silence, and no check that nobody runs is counted.
 */
export function runCases<T extends OneCase>(
	title: string,
	cases: readonly T[],
	{
		checks = {},
		waits = {},
	}: {
		readonly checks?: Readonly<Record<string, Check<T>>>;
		readonly waits?: Readonly<Record<string, Capability>>;
	},
): void {
	describe(title, () => {
		for (const one of cases) {
			const isOwn = waits[one.id] !== undefined || one.notPlanned !== undefined;
			const check = checks[one.id] ?? (isOwn ? undefined : checks['*']);
			const waitsFor = waits[one.id] ?? waits['*'];
			const name = one.rules?.length ? `${one.id} (${one.rules.join(', ')})` : one.id;
			if (check) it(name, () => check(one));
			else if (one.notPlanned) it(`${name} (not planned: ${one.notPlanned})`);
			else if (waitsFor) it(`${name} (waits for: ${waitsFor})`);
			else it(name, () => assert.fail('nobody checks this case, and it waits for nothing'));
		}

		it('names only cases that are there, once each', () => {
			const ids = cases.map(({ id }) => id);
			assert.equal(new Set(ids).size, ids.length, 'an id stands twice');
			const named = [...Object.keys(checks), ...Object.keys(waits)].filter((id) => id !== '*');
			assert.deepEqual(
				named.filter((id) => !ids.includes(id)),
				[],
			);
			assert.deepEqual(
				Object.keys(checks).filter((id) => id !== '*' && id in waits),
				[],
				'a case is checked and waits',
			);
		});
	});
}

import assert from 'node:assert/strict';
import type { Clock } from '../../core/runtime/clock';
import { type Logger, silentLogger } from '../../core/runtime/logger';
import type { Store } from '../../core/buffer/store';
import { appendTests } from './store-suite-append';
import { carryTests } from './store-suite-carry';
import { claimTests } from './store-suite-claim';
import { deadLetterTests } from './store-suite-dead';
import { disableTests } from './store-suite-disable';
import { documentTests } from './store-suite-documents';
import { exportTests } from './store-suite-exports';
import { FakeClock, type Fixture } from './store-fixtures';
import { failureTests } from './store-suite-failures';
import { keyOrderTests } from './store-suite-key';
import { keptTests } from './store-suite-kept';
import { latestTests } from './store-suite-latest';
import { liveTests } from './store-suite-live';
import { requestTests } from './store-suite-requests';
import { settleTests } from './store-suite-settle';
import { timeTests } from './store-suite-time';

/**
 * What every store has to do, whatever it is made of. An implementation runs it by giving a way to open a fresh, empty
 * store; what only that implementation promises (durability, damage, ownership) is tested beside it.
 */
export function storeSuite(
	name: string,
	open: (clock: Clock, logger: Logger) => Promise<Store>,
	o: { readonly isByKey?: false } = {},
): void {
	describe(`store contract: ${name}`, () => {
		let fixture: Fixture | undefined;
		const current = (): Fixture => {
			assert.ok(fixture, 'the store is open');
			return fixture;
		};

		beforeEach(async () => {
			const clock = new FakeClock();
			const warnings: string[] = [];
			const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
			fixture = { clock, warnings, store: await open(clock, logger) };
		});
		afterEach(async () => {
			await fixture?.store.close();
			fixture = undefined;
		});

		exportTests(current);
		disableTests(current);
		appendTests(current);
		requestTests(current);
		claimTests(current);
		liveTests(current);
		settleTests(current);
		deadLetterTests(current);
		failureTests(current);
		timeTests(current);
		documentTests(current);
		latestTests(current);
		keptTests(current);
		carryTests(current);
		if (o.isByKey !== false) keyOrderTests(current);

		it('refuses every call after close and closes only once', async () => {
			const { store } = current();
			await store.close();
			await store.close();
			await assert.rejects(store.counters(), { code: 'ERR_STORE_UNAVAILABLE' });
		});
	});
}

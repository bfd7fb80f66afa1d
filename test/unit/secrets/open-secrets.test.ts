import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyFileOf } from '../../../core/secrets/key-file';
import { openSecrets, type SecretsOptions } from '../../../core/secrets/open-secrets';

const PLACE = { collection: 'c', id: 'r1', field: '/auth/0/secrets/0' };
const aKey = () => randomBytes(32).toString('base64');

describe('openSecrets', () => {
	let above: string;
	let directory: string;
	let warnings: string[];
	beforeEach(async () => {
		above = await mkdtemp(join(tmpdir(), 'sluice-secrets-'));
		directory = join(above, 'store');
		mkdirSync(directory);
		warnings = [];
	});
	afterEach(() => rm(above, { recursive: true }));

	const secrets = (o: Partial<SecretsOptions> = {}) =>
		openSecrets({
			store: { kind: 'sqlite', directory },
			environment: {},
			logger: { warn: (message) => void warnings.push(message) },
			...o,
		});
	const postgres = (text?: string) =>
		secrets({ store: { kind: 'postgres' }, environment: { SLUICE_SECRET_KEY: text } });

	it('takes the key of the host before that of the environment, and makes no file then', () => {
		const [host, environment] = [aKey(), aKey()];
		const one = secrets({ keys: host, environment: { SLUICE_SECRET_KEY: environment } });
		const sealed = one.seal(PLACE, 'hunter2');
		assert.equal(secrets({ keys: host }).open(PLACE, sealed), 'hunter2');
		assert.throws(() => secrets({ keys: environment }).open(PLACE, sealed), {
			code: 'ERR_SECRET_UNREADABLE',
		});
		assert.throws(() => rmSync(keyFileOf(directory)), { code: 'ENOENT' });
	});

	it('keeps a key in a file where nobody gave one', () => {
		const sealed = secrets().seal(PLACE, 'hunter2');
		assert.equal(secrets().open(PLACE, sealed), 'hunter2');
	});

	it('makes no key to open with', () => {
		const sealed = secrets({ keys: aKey() }).seal(PLACE, 'hunter2');
		assert.throws(() => secrets().open(PLACE, sealed), {
			code: 'ERR_SECRET_UNREADABLE',
			message:
				/^the secret \/auth\/0\/secrets\/0 of "r1" cannot be opened: its key [0-9a-f]{12} is not in/,
		});
		assert.throws(() => rmSync(keyFileOf(directory)), { code: 'ENOENT' });
	});

	it('lets keys rotate: the first seals, all open', () => {
		const [former, newest] = [aKey(), aKey()];
		const sealed = postgres(former).seal(PLACE, 'hunter2');
		const rotating = postgres(`${newest},${former}`);
		assert.equal(rotating.open(PLACE, sealed), 'hunter2');
		assert.equal(rotating.isNewest(sealed), false);
		const again = rotating.seal(PLACE, 'hunter2');
		assert.equal(rotating.isNewest(again), true);
		assert.equal(postgres(newest).open(PLACE, again), 'hunter2');
	});

	it('opens what a key file has sealed after somebody has set a key', () => {
		const sealed = secrets().seal(PLACE, 'hunter2');
		const set = secrets({ environment: { SLUICE_SECRET_KEY: aKey() } });
		assert.equal(set.open(PLACE, sealed), 'hunter2');
		assert.equal(set.isNewest(sealed), false);
	});

	it('says what to set where a store on PostgreSQL has no key', () => {
		for (const text of [undefined, '', '  ']) {
			assert.throws(() => postgres(text).seal(PLACE, 'hunter2'), {
				code: 'ERR_SECRET_KEY',
				message: /set SLUICE_SECRET_KEY/,
			});
		}
	});

	it('shares a key of the process among stores in memory', () => {
		const store = { kind: 'memory' } as const;
		const sealed = secrets({ store }).seal(PLACE, 'hunter2');
		assert.equal(secrets({ store }).open(PLACE, sealed), 'hunter2');
	});

	it('writes a key file again that was removed while it ran, whether it has sealed or opened', () => {
		const sealed = secrets().seal(PLACE, 'hunter2');
		const running = secrets();
		running.open(PLACE, sealed);
		rmSync(keyFileOf(directory));
		assert.equal(running.open(PLACE, sealed), 'hunter2');
		const another = running.seal(PLACE, 'hunter3');
		assert.equal(warnings.length, 1);
		const next = secrets();
		assert.equal(next.open(PLACE, sealed), 'hunter2');
		assert.equal(next.open(PLACE, another), 'hunter3');
	});

	it('seals with the key of a file that somebody has replaced, and opens with the former one', () => {
		const running = secrets();
		const sealed = running.seal(PLACE, 'hunter2');
		writeFileSync(keyFileOf(directory), aKey());
		assert.equal(secrets().open(PLACE, running.seal(PLACE, 'hunter3')), 'hunter3');
		assert.equal(running.open(PLACE, sealed), 'hunter2');
	});

	it('names the key file where it is not safe', function () {
		if (process.platform === 'win32') this.skip();
		const sealed = secrets().seal(PLACE, 'hunter2');
		chmodSync(keyFileOf(directory), 0o644);
		for (const use of [() => secrets().seal(PLACE, 'x'), () => secrets().open(PLACE, sealed)])
			assert.throws(use, { code: 'ERR_SECRET_KEY', message: /store\.secret-key can be read/ });
	});
});

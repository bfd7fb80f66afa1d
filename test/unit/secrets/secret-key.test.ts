import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { CoreError } from '../../../core/errors';
import { parseSecretKeys } from '../../../core/secrets/secret-key';

const [ONE, TWO] = [randomBytes(32), randomBytes(32)];

describe('parseSecretKeys', () => {
	it('reads base64, base64url and hex, with blanks around, as the same key', () => {
		const ids = [
			ONE.toString('base64'),
			ONE.toString('base64').replace('=', ''),
			ONE.toString('base64url'),
			ONE.toString('hex'),
			ONE.toString('hex').toUpperCase(),
			` ${ONE.toString('base64')}\n`,
		].map((text) => parseSecretKeys(text, 'x')[0].id);
		assert.equal(new Set(ids).size, 1);
	});

	it('reads several, in their order', () => {
		const single = [ONE, TWO].map((key) => parseSecretKeys(key.toString('hex'), 'x')[0].id);
		const both = parseSecretKeys(`${ONE.toString('base64')}, ${TWO.toString('hex')}`, 'x');
		assert.deepEqual(
			both.map(({ id }) => id),
			single,
		);
	});

	const hex = ONE.toString('hex');
	for (const [what, text] of Object.entries({
		nothing: '',
		'a short one': hex.slice(2),
		'a long one': `${hex}ab`,
		'31 bytes of base64': ONE.subarray(1).toString('base64'),
		'other letters': `${hex.slice(1)}!`,
		'nothing behind a comma': `${hex},`,
		'a wrong one behind a right one': `${hex},hunter2-${hex}`,
		'too many': Array.from({ length: 11 }, () => hex).join(),
	})) {
		it(`refuses ${what} without showing it`, () => {
			assert.throws(
				() => parseSecretKeys(text, 'SLUICE_SECRET_KEY'),
				(error) => {
					assert(error instanceof CoreError);
					assert.equal(error.code, 'ERR_SECRET_KEY');
					assert.match(error.message, /^SLUICE_SECRET_KEY/);
					return !/hunter2|[0-9a-f]{12}/.test(error.message);
				},
			);
		});
	}
});

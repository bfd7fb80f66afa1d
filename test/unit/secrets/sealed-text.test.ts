import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
	openText,
	readSealed,
	sealText,
	type SecretPlace,
} from '../../../core/secrets/sealed-text';
import { secretKey } from '../../../core/secrets/secret-key';

const KEY = secretKey(randomBytes(32));
const PLACE: SecretPlace = { collection: 'c', id: 'r1', field: '/auth/0/secrets/0' };

function open(sealed: string, place = PLACE, key = KEY): string | undefined {
	const parts = readSealed(sealed);
	return parts && openText(key, place, parts);
}

describe('a sealed text', () => {
	it('opens in its place with its key, whatever the text is', () => {
		for (const text of ['', 'hunter2', 'Straße 🚀', 'x'.repeat(100_000)]) {
			assert.equal(open(sealText(KEY, PLACE, text)), text);
		}
	});

	it('opens in no other place, and with no other key', () => {
		const sealed = sealText(KEY, PLACE, 'hunter2');
		const places: Partial<SecretPlace>[] = [
			{ collection: 'd' },
			{ id: 'r2' },
			{ field: '/auth/1/secrets/0' },
			// The same letters, divided in another way.
			{ collection: 'cr', id: '1' },
		];
		for (const one of places) assert.equal(open(sealed, { ...PLACE, ...one }), undefined);
		assert.equal(open(sealed, PLACE, secretKey(randomBytes(32))), undefined);
	});

	it('opens with no letter changed, and with none missing', () => {
		const sealed = sealText(KEY, PLACE, 'hunter2');
		for (let at = 0; at < sealed.length; at++) {
			const other = sealed[at] === 'a' ? 'b' : 'a';
			const changed = `${sealed.slice(0, at)}${other}${sealed.slice(at + 1)}`;
			// Of the last one of base64 not every bit counts.
			const isSame = readSealed(changed)?.body.equals(readSealed(sealed)!.body);
			if (at === sealed.length - 1 && isSame) continue;
			assert.equal(open(changed), undefined, `letter ${at}`);
			assert.equal(open(sealed.slice(0, at)), undefined, `the first ${at}`);
		}
	});

	it('is another one each time, with the same fingerprint', () => {
		const [one, two] = [sealText(KEY, PLACE, 'hunter2'), sealText(KEY, PLACE, 'hunter2')];
		assert.notEqual(one, two);
		assert.equal(readSealed(one)?.fingerprint, readSealed(two)?.fingerprint);
	});

	it('has a fingerprint that tells nothing without the key, nor from another document', () => {
		const fingerprint = (key = KEY, place = PLACE, text = 'hunter2') =>
			readSealed(sealText(key, place, text))?.fingerprint;
		const all = [
			fingerprint(),
			fingerprint(secretKey(randomBytes(32))),
			fingerprint(KEY, { ...PLACE, id: 'r2' }),
			fingerprint(KEY, PLACE, 'hunter3'),
		];
		assert.equal(new Set(all).size, all.length);
		// Within a document a secret is known again where its place has changed.
		assert.equal(fingerprint(KEY, { ...PLACE, field: '/auth/1/secrets/0' }), fingerprint());
	});
});

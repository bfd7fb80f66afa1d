import assert from 'node:assert/strict';
import { DOCUMENT_BOUNDS, type DocumentPage, walkDocuments } from '../../core/buffer/documents';
import type { Fixture } from './store-fixtures';

const IN = 'test';

export function documentTests(current: () => Fixture): void {
	const documents = () => current().store.documents;
	const idsOf = (page: DocumentPage) => page.documents.map(({ id }) => id);

	describe('documents', () => {
		it('gives back what was put, by collection and id', async () => {
			const value = { name: 'Zoë \u{1f600}\0', list: [1.5, null, true], deep: { a: '' } };
			const revision = await documents().put(IN, 'a/b c', value);
			await documents().put('other', 'a/b c', 'another');
			assert.deepEqual(await documents().get(IN, 'a/b c'), { id: 'a/b c', revision, value });
			assert.equal(await documents().get(IN, 'A/B C'), undefined);
			assert.equal(await documents().get('nothing', 'a/b c'), undefined);
		});

		it('keeps a copy of its own, and gives one', async () => {
			const value = { list: [1] };
			await documents().put(IN, 'a', value);
			value.list.push(2);
			const first = await documents().get(IN, 'a');
			assert.deepEqual(first?.value, { list: [1] });
			(first?.value as typeof value).list.push(3);
			assert.deepEqual((await documents().get(IN, 'a'))?.value, { list: [1] });
		});

		it('raises the revision with every put, and never repeats one after a remove', async () => {
			const seen: number[] = [];
			for (let round = 0; round < 3; round++) {
				seen.push(await documents().put(IN, 'a', 1), await documents().put(IN, 'a', 1));
				assert.equal(await documents().remove(IN, 'a'), true);
			}
			assert.deepEqual(
				seen,
				[...new Set(seen)].sort((a, b) => a - b),
			);
			assert.ok(seen.every((one) => Number.isSafeInteger(one) && one > 0));
		});

		it('puts and removes only the revision that is expected, and says which one there is', async () => {
			const put = (value: unknown, ifRevision?: number) =>
				documents().put(IN, 'a', value, ifRevision === undefined ? {} : { ifRevision });
			const conflict = (expected: number, found: number) => ({
				code: 'ERR_DOCUMENT_CONFLICT',
				details: { collection: IN, id: 'a', expected, found },
			});
			await assert.rejects(put('x', 7), conflict(7, 0));
			const first = await put('first', 0);
			await assert.rejects(put('x', 0), conflict(0, first));
			const second = await put('second', first);
			await assert.rejects(put('x', first), conflict(first, second));
			await assert.rejects(
				documents().remove(IN, 'a', { ifRevision: first }),
				conflict(first, second),
			);
			assert.deepEqual((await documents().get(IN, 'a'))?.value, 'second');
			assert.equal(await documents().remove(IN, 'a', { ifRevision: second }), true);
			assert.equal(await documents().remove(IN, 'a', { ifRevision: 0 }), false);
			await assert.rejects(
				documents().remove(IN, 'a', { ifRevision: second }),
				conflict(second, 0),
			);
			await put('again', 0);
		});

		it('lets one of many win that put the same revision at once', async () => {
			const first = await documents().put(IN, 'a', 0);
			for (const ifRevision of [first, 0]) {
				if (ifRevision === 0) await documents().remove(IN, 'a');
				const tries = await Promise.allSettled(
					Array.from({ length: 8 }, (_, n) => documents().put(IN, 'a', n, { ifRevision })),
				);
				const won = tries.flatMap((one, n) => (one.status === 'fulfilled' ? [n] : []));
				assert.equal(won.length, 1);
				assert.equal((await documents().get(IN, 'a'))?.value, won[0]);
			}
		});

		it('lists a collection by id, page by page', async () => {
			// U+FF5E comes behind U+1F600 as JavaScript compares texts, before it as their bytes do.
			const ids = ['B', 'a', 'a b', 'ab', 'z', 'é', '\uff5e', '\u{1f600}'];
			for (const id of ids.toReversed()) await documents().put(IN, id, { id });
			await documents().put('other', 'b', 1);
			assert.deepEqual(idsOf(await documents().list(IN)), ids);
			assert.equal((await documents().list(IN)).next, undefined);
			const page = await documents().list(IN, { after: 'a', limit: 2 });
			assert.deepEqual([idsOf(page), page.next], [['a b', 'ab'], 'ab']);
			assert.deepEqual(idsOf(await documents().list(IN, { after: 'c' })), ids.slice(4));
			assert.deepEqual(await documents().list('nothing'), { documents: [], next: undefined });
		});

		it('ends a page before it gets too large', async () => {
			const value = 'x'.repeat(DOCUMENT_BOUNDS.bytes - 2);
			for (let n = 0; n < 6; n++) await documents().put(IN, `${n}`, value);
			const page = await documents().list(IN);
			assert.deepEqual([idsOf(page), page.next], [['0', '1', '2', '3'], '3']);
			const walked: string[] = [];
			for await (const { id } of walkDocuments(documents(), IN)) walked.push(id);
			assert.deepEqual(walked, ['0', '1', '2', '3', '4', '5']);
		});

		it('refuses more than 1 MB of JSON, in bytes, and names what and how much', async () => {
			const { bytes } = DOCUMENT_BOUNDS;
			await documents().put(IN, 'a', 'é'.repeat(bytes / 2 - 1));
			await assert.rejects(documents().put(IN, 'a', `${'é'.repeat(bytes / 2 - 1)}x`), {
				code: 'ERR_CONFIG_INVALID',
				message: `document test/a: expected at most ${bytes} bytes of JSON, got ${bytes + 1}`,
			});
			assert.equal(String((await documents().get(IN, 'a'))?.value).length, bytes / 2 - 1);
		});

		const { collectionLength, idLength } = DOCUMENT_BOUNDS;
		const wrong: { name: string; collection?: string; id?: string; path: string }[] = [
			{ name: 'an empty collection', collection: '', path: 'document collection' },
			{
				name: 'a long collection',
				collection: 'x'.repeat(collectionLength + 1),
				path: 'document collection',
			},
			{ name: 'a NUL in a collection', collection: 'a\0', path: 'document collection' },
			{ name: 'an empty id', id: '', path: 'document id' },
			{ name: 'a long id', id: 'x'.repeat(idLength + 1), path: 'document id' },
			{ name: 'a line break in an id', id: 'a\nb', path: 'document id' },
			{ name: 'half a surrogate pair in an id', id: 'a\ud800', path: 'document id' },
		];
		for (const { name, collection = IN, id = 'a', path } of wrong) {
			it(`refuses ${name}`, async () => {
				const refusal = { code: 'ERR_CONFIG_INVALID', message: new RegExp(`^${path}: expected`) };
				await assert.rejects(documents().put(collection, id, 1), refusal);
				await assert.rejects(documents().get(collection, id), refusal);
				await assert.rejects(documents().remove(collection, id), refusal);
			});
		}

		it('takes names of the longest length, of the largest characters', async () => {
			const [collection, id] = ['\uffee'.repeat(collectionLength), '\uffee'.repeat(idLength)];
			await documents().put(collection, id, 1);
			assert.equal((await documents().get(collection, id))?.value, 1);
		});

		it('takes what is no JSON value, no revision, for a mistake of the caller', async () => {
			await assert.rejects(documents().put(IN, 'a', undefined), TypeError);
			const circle: unknown[] = [];
			circle.push(circle);
			await assert.rejects(documents().put(IN, 'a', circle), TypeError);
			for (const ifRevision of [-1, 0.5, Number.NaN]) {
				await assert.rejects(documents().put(IN, 'a', 1, { ifRevision }), TypeError);
			}
			assert.equal(await documents().get(IN, 'a'), undefined);
		});

		it('answers in order beside appends, and refuses after close', async () => {
			const { store } = current();
			const answers = await Promise.all([
				documents().put(IN, 'a', 1),
				store.append({
					receiverId: 'receiver',
					events: [{ rows: [], dedupeKeys: [{ key: 'k', windowMs: 1_000 }] }],
				}),
				documents().get(IN, 'a'),
			]);
			if (store.kind !== 'postgres') assert.equal(answers[2]?.revision, answers[0]);
			await store.close();
			await assert.rejects(documents().get(IN, 'a'), { code: 'ERR_STORE_UNAVAILABLE' });
			await assert.rejects(documents().put(IN, 'a', 2), { code: 'ERR_STORE_UNAVAILABLE' });
		});
	});
}

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DocumentCondition } from '../../core/buffer/documents';
import type { Store } from '../../core/buffer/store';
import type { Model, ModelDocument } from './store-model';
import type { Real } from './store-model-real';

/** What a history does with documents: few ids, so that they meet; the ids do not compare as JavaScript compares texts. */
const IDS = ['a', '\uff5e', '\u{1f600}'] as const;

/** Which revision is expected: none, that there is none, the one there is, or one that there was. */
const aCondition = fc.constantFrom('any', 'absent', 'current', 'stale');

export const somePut = fc.record({ id: fc.nat({ max: 2 }), value: fc.nat(), if: aCondition });
export const someRemove = fc.record({ id: fc.nat({ max: 2 }), if: aCondition });

/** All at once: of those that expect the same, one is right. */
export async function putDocuments(
	model: Model,
	{ store, receiverId }: Real,
	puts: readonly (typeof somePut extends fc.Arbitrary<infer T> ? T : never)[],
): Promise<void> {
	const planned = puts.map((put) => {
		const document = documentAt(model, put.id);
		return { ...put, document, condition: conditionOf(document, put.if) };
	});
	const results = await Promise.allSettled(
		planned.map(({ id, value, condition }) =>
			store.documents.put(receiverId, IDS[id] ?? '', { value }, condition),
		),
	);
	// In the order in which they were asked for, also by PostgreSQL: this is one process.
	for (const [index, { document, condition, value }] of planned.entries()) {
		const result = results[index];
		if (!isMet(document, condition)) {
			assertConflict(result);
			continue;
		}
		assert.equal(result?.status, 'fulfilled');
		assert.ok(result.value > document.lastRevision, 'revisions rise and never repeat');
		document.lastRevision = result.value;
		document.revision = result.value;
		document.value = value;
	}
	await checkDocuments(model, store, receiverId);
}

export async function removeDocument(
	model: Model,
	{ store, receiverId }: Real,
	o: { id: number; if: string },
): Promise<void> {
	const document = documentAt(model, o.id);
	const condition = conditionOf(document, o.if);
	const [result] = await Promise.allSettled([
		store.documents.remove(receiverId, IDS[o.id] ?? '', condition),
	]);
	if (isMet(document, condition)) {
		assert.deepEqual(result, { status: 'fulfilled', value: document.revision > 0 });
		document.revision = 0;
	} else assertConflict(result);
	await checkDocuments(model, store, receiverId);
}

/** Those that there are, in their order. */
export async function checkDocuments(model: Model, store: Store, collection: string) {
	const { documents } = await store.documents.list(collection);
	const expected = [...IDS.entries()].flatMap(([number, id]) => {
		const { revision, value } = documentAt(model, number);
		return revision === 0 ? [] : [{ id, revision, value: { value } }];
	});
	assert.deepEqual(documents, expected, 'documents are those that were put');
}

function documentAt(model: Model, number: number): ModelDocument {
	const known = model.documents.get(number) ?? { revision: 0, lastRevision: 0, value: 0 };
	model.documents.set(number, known);
	return known;
}

function conditionOf(document: ModelDocument, what: string): DocumentCondition {
	if (what === 'any') return {};
	if (what === 'absent') return { ifRevision: 0 };
	// One that a removed document had, or nobody.
	if (what === 'stale') return { ifRevision: Math.max(1, document.lastRevision - 1) };
	return { ifRevision: document.revision };
}

function isMet(document: ModelDocument, { ifRevision }: DocumentCondition): boolean {
	return ifRevision === undefined || ifRevision === document.revision;
}

function assertConflict(result: PromiseSettledResult<unknown> | undefined): void {
	assert.equal(result?.status, 'rejected', 'a revision that is not there is a conflict');
	assert.equal((result.reason as { code?: string }).code, 'ERR_DOCUMENT_CONFLICT');
}

import { CoreError } from '../../errors';
import { fullExportId } from '../../config';
import type { AnyDefinition } from '../../definitions/definition';
import { fillSecrets } from '../../definitions/fill-secrets';
import type { ApiExport, StoredDefinitions } from '../../pipeline/stored-definitions';
import type { ReceiverInput } from '../../pipeline/parse-receiver';
import { InputError, type InputIssue } from '../input-error';
import type { DefinitionFile } from './definition-file';

/** What became of a definition: `kept` is one that was there and was not to be replaced, `skipped` one of a node, which nodes alone make. */
export interface Imported {
	readonly kind: 'receiver' | 'export';
	readonly id: string;
	readonly became: 'imported' | 'kept' | 'skipped' | 'failed';
	readonly code?: string;
	readonly message?: string;
}

export interface ImportOptions {
	/** Texts of secrets, by definition and place: `receiver orders auth[0].secrets[0]`. */
	readonly secrets: Readonly<Record<string, string>>;
	/** Whether a definition of the same id is replaced. */
	readonly isReplacing: boolean;
	/** Around each change. */
	readonly audited: (
		one: { readonly kind: string; readonly id: string },
		change: () => Promise<unknown>,
	) => Promise<unknown>;
}

type Wanted = AnyDefinition;

/**
 * Makes what a file holds, receivers before their exports, each as a change of its own: one that cannot be made is told, and the others go on.
 *
 * @throws InputError where secrets are needed that are neither given nor known here, each with its place, and for texts that nothing
 *   needs: then nothing has changed
 */
export async function importDefinitions(
	stored: Pick<StoredDefinitions, 'list' | 'putReceiver' | 'putExport'>,
	file: DefinitionFile,
	o: ImportOptions,
): Promise<Imported[]> {
	const known = await knownIn(stored);
	const all = [...file.receivers, ...file.exports] as unknown as Wanted[];
	const [own, ofNodes] = [all.filter((one) => !isOfNode(one)), all.filter(isOfNode)];
	const wanted = own.map((one) => ({ ...one, ...fill(one, known, o.secrets) }));
	requireSecrets(wanted, o.secrets);
	const results: Imported[] = [];
	for (const { definition } of wanted) {
		results.push(await importOne(stored, definition, known.get(nameOf(definition)), o));
	}
	const skipped = ofNodes.map(({ kind, id }) => ({ kind, id, became: 'skipped' }) as const);
	return [...results, ...skipped];
}

interface Known {
	readonly definition: AnyDefinition;
	readonly revision: number;
}

async function knownIn(
	stored: Pick<StoredDefinitions, 'list'>,
): Promise<ReadonlyMap<string, Known>> {
	const [receivers, exports] = [await stored.list('receiver'), await stored.list('export')];
	return new Map(
		[...receivers.good, ...exports.good].map((one) => [nameOf(one.definition), one] as const),
	);
}

function fill(one: Wanted, known: ReadonlyMap<string, Known>, secrets: ImportOptions['secrets']) {
	const before = `${nameOf(one)} `;
	const given = Object.entries(secrets)
		.filter(([place]) => place.startsWith(before))
		.map(([place, text]) => [place.slice(before.length), text] as const);
	return fillSecrets(one, known.get(nameOf(one))?.definition, new Map(given));
}

/** @throws InputError */
function requireSecrets(
	wanted: readonly (ReturnType<typeof fill> & { readonly kind: string; readonly id: string })[],
	secrets: ImportOptions['secrets'],
): void {
	const issueAt = (
		place: string,
		problem: 'missing' | 'unknown',
		expected: string,
	): InputIssue => ({
		in: 'body',
		path: ['secrets', place],
		problem,
		expected,
		given: undefined,
	});
	const used = new Set(wanted.flatMap((one) => one.used.map((at) => `${nameOf(one)} ${at}`)));
	const issues = [
		...wanted.flatMap((one) =>
			one.missing.map((at) => issueAt(`${nameOf(one)} ${at}`, 'missing', 'is missing')),
		),
		...Object.keys(secrets)
			.filter((place) => !used.has(place))
			.map((place) => issueAt(place, 'unknown', 'no definition of the file needs it')),
	];
	if (issues.length > 0) throw new InputError(issues);
}

async function importOne(
	stored: Pick<StoredDefinitions, 'putReceiver' | 'putExport'>,
	definition: Wanted,
	known: Known | undefined,
	{ isReplacing, audited }: ImportOptions,
): Promise<Imported> {
	const { kind, id } = definition;
	if (known && !isReplacing) return { kind, id, became: 'kept' };
	const condition = { ifRevision: known?.revision ?? 0 };
	try {
		await audited({ kind, id }, async () => {
			requireOwnId(definition);
			if (definition.kind === 'receiver') {
				await stored.putReceiver(definition.config as unknown as ReceiverInput, condition);
			} else {
				const { config, sink } = definition;
				await stored.putExport({ config, sink } as unknown as ApiExport, condition);
			}
		});
		return { kind, id, became: 'imported' };
	} catch (error) {
		if (!(error instanceof CoreError)) throw error;
		return { kind, id, became: 'failed', code: error.code, message: error.message };
	}
}

/** What is said of it is what it is. @throws InputError */
function requireOwnId({ kind, id, config }: Wanted): void {
	const own = kind === 'receiver' ? config.id : fullExportId(config);
	if (own === id) return;
	const expected = 'expected the id of its configuration';
	throw new InputError([{ in: 'body', path: [kind, id], problem: 'form', expected, given: id }]);
}

function isOfNode({ config }: Wanted): boolean {
	return config.origin === 'host';
}

function nameOf({ kind, id }: { readonly kind: string; readonly id: string }): string {
	return `${kind} ${id}`;
}

import {
	CoreError,
	type InspectOptions,
	damagedDocument,
	damagedLatest,
	move,
	type Store,
	type Finding,
	openInspector,
	openToOperate,
	runVerb,
	ROW_STATES,
	type StoreInspector,
	toDocumentLine,
	toExportLine,
	toLatestLine,
} from '../core/index';
import { runAdmin } from './admin/run';
import { type Command, type Exported, parseCommand } from './command';
import { openOutput, type Output, writeText } from './output';
import { readChange } from './read-change';
import { hideSecrets } from './secrets';
import { showSummary } from './show-summary';
import { showReport } from './show-report';
import { showResult } from './show-result';
import { USAGE } from './usage';
import { UsageError } from './usage-error';

const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** Sets the exit code: 0 done, 1 damage found or failed, 2 wrong usage. Nothing is thrown. */
export async function main(args: readonly string[]): Promise<void> {
	try {
		process.exitCode = await run(parseCommand(args));
	} catch (error) {
		const isUsage = error instanceof UsageError;
		// The reader of a pipe has enough: no error, and nobody to tell.
		if (isBrokenPipe(error)) return;
		process.exitCode = isUsage || isWrongPlace(error) ? EXIT.usage : EXIT.failed;
		const message = error instanceof Error ? error.message : String(error);
		const code = error instanceof CoreError ? `${error.code}: ` : '';
		process.stderr.write(`sluice: ${code}${hideSecrets(message, args)}\n`);
		if (isUsage) process.stderr.write(`\n${USAGE}`);
	}
}

async function run(command: Command): Promise<number> {
	switch (command.verb) {
		case 'help':
			await writeText(USAGE);
			return EXIT.ok;
		case 'inspect':
			return inspect(command.store, command.json);
		case 'verify':
			return verify(command.store, command.json);
		case 'export':
			return exportStore(command);
		case 'operate':
			return operate(command);
		case 'move':
			return moveStore(command);
		case 'admin':
			return (await runAdmin(command, warnOf(command.store))) ? EXIT.ok : EXIT.failed;
	}
}

async function operate(command: Extract<Command, { verb: 'operate' }>): Promise<number> {
	const change = command.change === undefined ? {} : await readChange(command.change);
	const store = await openPlace(command.store).catch((error: unknown) => {
		throw command.word === 'backup' ? adviseOwned(error) : error;
	});
	try {
		const result = await runVerb({ store }, command.does, { ...command.arguments, ...change });
		return await tell(showResult(command.word, result));
	} finally {
		await store.close();
	}
}

async function moveStore({ store, to, confirm }: Extract<Command, { verb: 'move' }>) {
	const opened: Store[] = [];
	const open = async (place: InspectOptions, isMade: boolean) => {
		opened.push(await openPlace(place, isMade));
		return { store: opened.at(-1) as Store };
	};
	try {
		const result = await move(await open(store, false), () => open(to, true), { confirm });
		const isDone = await tell(showResult('move', result));
		const left = 'left' in result ? result.left.rows + result.left.documents : 0;
		return left === 0 ? isDone : EXIT.failed;
	} finally {
		await Promise.all(opened.map((one) => one.close()));
	}
}

function openPlace(place: InspectOptions, isMade = false): Promise<Store> {
	return openToOperate(place, warnOf(place), { isMade });
}

function warnOf(place: InspectOptions): (warning: string) => void {
	const secrets = place.kind === 'postgres' ? [place.connectionString] : [];
	return (warning) => {
		process.stderr.write(`sluice: ${hideSecrets(warning, secrets)}\n`);
	};
}

async function tell({ text, question }: ReturnType<typeof showResult>): Promise<number> {
	if (question !== undefined) {
		process.stderr.write(`sluice: nothing was done. ${question}\n`);
		return EXIT.failed;
	}
	await writeText(text);
	return EXIT.ok;
}

/** Nobody else can read the store of a host that runs; the host can copy it. */
function adviseOwned(error: unknown): unknown {
	if (!(error instanceof CoreError) || error.code !== 'ERR_STORE_OWNED') return error;
	const message = `${error.message}; while that runs it makes the backup: in Node-RED sluice control, "back up the store", in n8n Sluice, Store → Back Up`;
	return new CoreError(error.code, message, { cause: error });
}

async function inspect(store: InspectOptions, isJson: boolean): Promise<number> {
	const inspector = await openInspector(store);
	try {
		const summary = await inspector.summary();
		await writeText(isJson ? toJson(summary) : showSummary(summary, Date.now()));
		return (summary.problems ?? []).length === 0 ? EXIT.ok : EXIT.failed;
	} finally {
		await inspector.close();
	}
}

async function verify(store: InspectOptions, isJson: boolean): Promise<number> {
	const inspector = await openInspector(store);
	try {
		const report = await inspector.verify();
		await writeText(isJson ? toJson(report) : showReport(report));
		return report.findings.length === 0 ? EXIT.ok : EXIT.failed;
	} finally {
		await inspector.close();
	}
}

/** Slice by slice, each only when the one before has been taken: memory does not grow with the store. */
async function exportStore(command: Extract<Command, { verb: 'export' }>): Promise<number> {
	const inspector = await openInspector(command.store);
	let damaged = 0;
	let output: Output | undefined;
	try {
		const onDamage = ({ exportId, message }: Finding) => {
			damaged++;
			const what = exportId === undefined ? '' : `left out of export ${exportId}: `;
			process.stderr.write(`sluice: ${what}${message}\n`);
		};
		for await (const text of exportedTexts(inspector, command.what, onDamage)) {
			// Not before the store could be read: an empty file would stand in the way of the next try.
			output ??= await openOutput(command.output);
			await output.write(text);
		}
		output ??= await openOutput(command.output);
		await output.end();
	} finally {
		await inspector.close();
	}
	return damaged === 0 ? EXIT.ok : EXIT.failed;
}

async function* exportedTexts(
	inspector: StoreInspector,
	what: readonly Exported[],
	onDamage: (finding: Finding) => void,
): AsyncGenerator<string> {
	const states = ROW_STATES.filter((state) => what.includes(state));
	if (states.length > 0) {
		for await (const slice of inspector.rows(states, onDamage)) {
			yield slice.map(toExportLine).join('');
		}
	}
	if (what.includes('latest')) {
		for await (const slice of inspector.latest(onDamage)) {
			for (const one of slice) if (one.event === undefined) onDamage(damagedLatest(one));
			yield slice
				.map(({ receiverId, event }) => (event ? toLatestLine(receiverId, event) : ''))
				.join('');
		}
	}
	if (!what.includes('documents')) return;
	for await (const slice of inspector.documents(onDamage)) {
		for (const one of slice) if (!one.isSound) onDamage(damagedDocument(one));
		yield slice
			.filter(({ isSound }) => isSound)
			.map(toDocumentLine)
			.join('');
	}
}

function toJson(value: unknown): string {
	return `${JSON.stringify(value, undefined, '\t')}\n`;
}

function isBrokenPipe(error: unknown): boolean {
	return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}

function isWrongPlace(error: unknown): boolean {
	return error instanceof CoreError && error.code === 'ERR_CONFIG_INVALID';
}

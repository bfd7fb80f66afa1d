/** Texts of the engine that say what is wrong with a value, in words for whoever made the value. */
const KNOWN: readonly [text: RegExp, meaning: string][] = [
	[/call stack size exceeded/, 'it is nested too deep'],
	[/circular structure|cyclic/i, 'it refers to itself'],
	[/BigInt/, 'it holds a BigInt, which is no JSON'],
	[/invalid string length|invalid array length|array buffer allocation/i, 'it is too long'],
];

/** The engine's own classes: their messages name functions and properties. Others may show what they were working on. */
const ENGINE = new Set(['TypeError', 'RangeError', 'ReferenceError']);
const MAX_LENGTH = 120;

/**
 * What was thrown, fit for logs, a status and a dead letter: the error's name, its code, and of its message only what the engine
 * writes itself, without anything in quotes, since that may be data.
 */
export function describeThrown(error: unknown): string {
	if (!(error instanceof Error)) return `a thrown ${error === null ? 'null' : typeof error}`;
	const name = /^\w{1,60}$/.test(error.name) ? error.name : 'Error';
	const { code } = error as { code?: unknown };
	const shownCode = typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : '';
	const text = knownMeaning(error) ?? (ENGINE.has(name) ? withoutQuotes(error.message) : '');
	return [`${name}${shownCode === '' ? '' : ` ${shownCode}`}`, text].filter(Boolean).join(': ');
}

function knownMeaning({ message }: Error): string | undefined {
	return KNOWN.find(([text]) => text.test(message))?.[1];
}

function withoutQuotes(message: string): string {
	const [line = ''] = message.split('\n', 1);
	return line.replace(/(["'`(]).*/, '…').slice(0, MAX_LENGTH);
}

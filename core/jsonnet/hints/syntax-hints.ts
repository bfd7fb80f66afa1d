import { lookUp } from './hint';

import type { Token } from '../syntax/token';

const STRAIGHT_QUOTES = 'Texts stand in straight quotes, "…" or \'…\'.';

/** What no token begins with. */
const CHARACTERS: Readonly<Record<string, string>> = {
	'`': 'Texts stand in "…" or \'…\', over several lines in ||| blocks; values go into a text by "%s and %s" % [a, b].',
	'“': STRAIGHT_QUOTES,
	'”': STRAIGHT_QUOTES,
	'„': STRAIGHT_QUOTES,
	'‟': STRAIGHT_QUOTES,
	'‘': STRAIGHT_QUOTES,
	'’': STRAIGHT_QUOTES,
	'‚': STRAIGHT_QUOTES,
	'«': STRAIGHT_QUOTES,
	'»': STRAIGHT_QUOTES,
	'\u00a0': 'This is a no-break space, often copied from a web page: type a blank instead.',
	'\u200b': 'This is an invisible character: delete it.',
	'\ufeff': 'This is an invisible byte order mark: delete it.',
	'–': 'This is a dash: type the minus sign of the keyboard, -.',
	'−': 'This is another minus sign: type the one of the keyboard, -.',
};

const CONDITION = 'Write if a then b else c.';
const DEFAULTS =
	'Give the default to the function: Body("a.b", "none"), or std.get(object, "a", "none").';

export function characterHint(text: string, at: number): string | undefined {
	const char = text.charAt(at);
	if (char !== '?') return lookUp(CHARACTERS, char);
	if (text.startsWith('??', at)) return `${DEFAULTS} Or test it: if a != null then a else b.`;
	return text.startsWith('?.', at) ? DEFAULTS : CONDITION;
}

const LOCAL = 'Variables are written local a = 1; and then the expression that uses them.';

/** Operators that Jsonnet does not have. */
const OPERATORS: Readonly<Record<string, string>> = {
	'===': 'Write a == b, which compares values and types.',
	'!==': 'Write a != b, which compares values and types.',
	'=>': 'A function is written function(x) x + 1; a list is made of a list by [x + 1 for x in list].',
	'+=': 'Variables never change: make another one, local b = a + 1;',
	'-=': 'Variables never change: make another one, local b = a - 1;',
	'**': 'Write std.pow(a, b).',
	'<>': 'Write a != b.',
	'||=': DEFAULTS,
};

/** Words of other languages, which stand before the token that is unexpected, or are that token. */
const WORDS_BEFORE: Readonly<Record<string, string>> = {
	const: LOCAL,
	let: LOCAL,
	var: LOCAL,
	return: 'There is no return: the expression itself is the result.',
	typeof: 'Write std.type(a).',
	new: 'There are no classes: write the object or list itself.',
	not: 'Write !a.',
	while: 'Write [x + 1 for x in list], or a function that calls itself.',
	def: 'Write local f(x) = x + 1;',
	switch: CONDITION,
	async: 'Write function(x) x + 1.',
	await: 'Nothing has to be awaited: write the expression itself.',
};
const WORDS_AT: Readonly<Record<string, string>> = {
	and: 'Write a && b.',
	or: 'Write a || b.',
	is: 'Write a == b.',
	elif: 'Write else if.',
	not: 'Write !(a in b).',
	instanceof: 'Write std.type(a) == "object".',
	for: 'A loop stands in brackets: [x + 1 for x in list].',
	as: 'Name a value by local a = 1;',
};

/** Why the token at a place is not what the parser wants. */
export function tokenHint(tokens: readonly Token[], at: number): string | undefined {
	const token = tokens[at];
	const before = tokens[at - 1];
	if (token === undefined) return undefined;
	const isNext = before !== undefined && before.end === token.start;
	if (isNext && token.type === '{' && before.type === '{') {
		return 'A template is one expression without {{ }}: write Body("a.b").';
	}
	if (isNext && before.type === '$' && token.type === 'identifier') {
		return `The event is read by Body("a.b"), Header("x") and Now(), not by $${token.text}.`;
	}
	if (token.type === '.' && tokens[at + 1]?.type === '.') {
		return 'Lists and objects are joined by +: [1] + list, { a: 1 } + object.';
	}
	const word = before?.type === 'identifier' ? lookUp(WORDS_BEFORE, before.text) : undefined;
	return word ?? lookUp(OPERATORS, token.type) ?? atToken(token, before, tokens);
}

function atToken(
	token: Token,
	before: Token | undefined,
	tokens: readonly Token[],
): string | undefined {
	if (token.type === 'identifier' || token.type === 'for') return lookUp(WORDS_AT, token.text);
	if (token.type === ';') {
		return 'Only local … and assert … end with a semicolon, and an expression follows it.';
	}
	// `f(x) { … }` of a function, `if (a) { … }`.
	if (token.type === '=' && before?.type === 'identifier') {
		return tokens[0] === before ? LOCAL : undefined;
	}
	return undefined;
}

/** `if (a) b else c`, `function f(x) …`: by what was expected. */
export function expectedHint(
	wanted: string,
	tokens: readonly Token[],
	at: number,
): string | undefined {
	if (wanted === 'then') return CONDITION;
	if (wanted === '(' && tokens[at - 1]?.type === 'function') return 'Write local f(x) = x + 1;';
	return undefined;
}

import { markFaults } from './template-markers';
import { text } from './text';

const LANGUAGE = 'jsonnet';

/** Opens the large editor for a template. */
export function editTemplate(name: string, value: string, complete: (value: string) => void): void {
	addLanguage();
	RED.editor.editText({
		title: text('template.title', { name }),
		value,
		// Ace knows no Jsonnet; JavaScript is near enough to colour strings and brackets.
		mode: typeof monaco === 'undefined' ? 'javascript' : LANGUAGE,
		width: 'Infinity',
		complete,
	});
}

/** Teaches Monaco the colours and mistakes of Jsonnet, once. As JavaScript it would underline every `local` as an error. */
function addLanguage(): void {
	if (typeof monaco === 'undefined') return;
	if (monaco.languages.getLanguages().some(({ id }) => id === LANGUAGE)) return;
	monaco.languages.register({ id: LANGUAGE });
	markFaults(LANGUAGE);
	monaco.languages.setLanguageConfiguration(LANGUAGE, {
		comments: { lineComment: '//', blockComment: ['/*', '*/'] },
		brackets: [
			['{', '}'],
			['[', ']'],
			['(', ')'],
		],
		autoClosingPairs: [
			{ open: '{', close: '}' },
			{ open: '[', close: ']' },
			{ open: '(', close: ')' },
			{ open: '"', close: '"' },
			{ open: "'", close: "'" },
		],
	});
	monaco.languages.setMonarchTokensProvider(LANGUAGE, {
		keywords:
			'assert else error false for function if import importstr in local null self super tailstrict then true'.split(
				' ',
			),
		functions: [
			'Body',
			'BodyStr',
			'FormatTime',
			'Header',
			'HeaderStr',
			'Ip',
			'Now',
			'Operation',
			'ParseTime',
			'RecordId',
			'Stale',
			'std',
		],
		tokenizer: {
			root: [
				[
					/[A-Za-z_]\w*/,
					{ cases: { '@keywords': 'keyword', '@functions': 'type', '@default': 'identifier' } },
				],
				[/\d+(\.\d+)?([eE][-+]?\d+)?/, 'number'],
				[/\|\|\|/, 'string', '@block'],
				[/@?"/, 'string', '@double'],
				[/@?'/, 'string', '@single'],
				[/\/\/.*$|#.*$/, 'comment'],
				[/\/\*/, 'comment', '@comment'],
			],
			block: [
				[/\|\|\|/, 'string', '@pop'],
				[/./, 'string'],
			],
			double: [
				[/\\./, 'string.escape'],
				[/"/, 'string', '@pop'],
				[/[^"\\]+/, 'string'],
			],
			single: [
				[/\\./, 'string.escape'],
				[/'/, 'string', '@pop'],
				[/[^'\\]+/, 'string'],
			],
			comment: [
				[/\*\//, 'comment', '@pop'],
				[/./, 'comment'],
			],
		},
	});
}

import { parseAssertion, parseBinds, parseParameters } from './parse-list';

import type { Block, Import, Node } from './ast';
import type { TokenCursor } from './cursor';

/** What extends as far right as possible (J15). */
export function parseStatement(cursor: TokenCursor): Node {
	const token = cursor.peek();
	const { start } = token;
	switch (token.type) {
		case 'local':
			return parseBlock(cursor);
		case 'assert':
			return parseBlock(cursor);
		case 'if':
			return parseIf(cursor);
		case 'function': {
			cursor.next();
			const params = parseParameters(cursor);
			const body = cursor.expression();
			return { kind: 'function', params, body, start, end: body.end };
		}
		case 'error': {
			cursor.next();
			const message = cursor.expression();
			return { kind: 'fail', message, start, end: message.end };
		}
		case 'import':
		case 'importstr':
		case 'importbin':
			return parseImport(cursor, token.type);
		default:
			throw cursor.unexpected('an expression');
	}
}

function parseBlock(cursor: TokenCursor): Block {
	const { start } = cursor.peek();
	const statements: Block['statements'][number][] = [];
	for (;;) {
		if (cursor.accept('local') !== undefined) {
			statements.push({ kind: 'locals', binds: parseBinds(cursor) });
		} else if (cursor.is('assert')) {
			statements.push(parseAssertion(cursor));
		} else {
			break;
		}
		cursor.expect(';');
	}
	const body = cursor.expression();
	return { kind: 'block', statements, body, start, end: body.end };
}

function parseIf(cursor: TokenCursor): Node {
	const { start } = cursor.peek();
	const branches: { condition: Node; then: Node }[] = [];
	do {
		cursor.expect('if');
		const condition = cursor.expression();
		cursor.expect('then');
		branches.push({ condition, then: cursor.expression() });
	} while (cursor.is('else') && cursor.peek(1).type === 'if' && cursor.accept('else'));
	const otherwise = cursor.accept('else') === undefined ? undefined : cursor.expression();
	return { kind: 'if', branches, otherwise, start, end: cursor.lastEnd };
}

function parseImport(cursor: TokenCursor, form: Import['form']): Import {
	const { start } = cursor.next();
	const path = cursor.expression();
	if (path.kind !== 'literal' || typeof path.value !== 'string') {
		throw cursor.fail(path, 'Computed imports are not allowed');
	}
	if (cursor.isTextBlockAt(path.start)) {
		throw cursor.fail(path, 'Block string literals not allowed in imports');
	}
	return { kind: 'import', form, path: path.value, start, end: path.end };
}

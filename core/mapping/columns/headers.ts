import { headerObject } from '../globals/headers';
import type { CompileColumn } from './column-renderer';

/** All headers as an object; its text escapes what HTML would read, as Go's encoder does (K84). */
export const headers: CompileColumn = () => ({
	cell: (event) => escapeHtml(JSON.stringify(headerObject(event))),
	value: headerObject,
});

function escapeHtml(json: string): string {
	return json.replace(
		/[<>&\u2028\u2029]/g,
		(char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
}

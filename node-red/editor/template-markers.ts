import type { MonacoModel } from './red';
import { askAbout, knownFault, type TemplateFault } from './template-check';

const OWNER = 'sluice';
const TYPING_MS = 400;
/** MarkerSeverity.Error of Monaco. */
const ERROR = 8;

/** Underlines in the large editor what the compiler says is wrong, in every text of the language. */
export function markFaults(language: string): void {
	monaco?.editor.onDidCreateModel((model) => {
		if (model.getLanguageId() !== language) return;
		let timer = 0;
		const check = async (): Promise<void> => {
			const template = model.getValue();
			await askAbout(template);
			if (model.isDisposed() || model.getValue() !== template) return;
			const fault = knownFault(template);
			monaco?.editor.setModelMarkers(model, OWNER, fault ? [marker(model, fault)] : []);
		};
		model.onDidChangeContent(() => {
			clearTimeout(timer);
			timer = window.setTimeout(() => void check(), TYPING_MS);
		});
		model.onWillDispose(() => clearTimeout(timer));
		void check();
	});
}

function marker(model: MonacoModel, fault: TemplateFault): object {
	const { message, line = 1, column = 1, endLine = line, endColumn = column } = fault;
	return {
		message,
		severity: ERROR,
		startLineNumber: line,
		startColumn: unitColumn(model, line, column),
		endLineNumber: endLine,
		endColumn: unitColumn(model, endLine, endColumn),
	};
}

/** Monaco counts UTF-16 units where the compiler counts characters. */
function unitColumn(model: MonacoModel, line: number, column: number): number {
	const content = line <= model.getLineCount() ? model.getLineContent(line) : '';
	return (
		Array.from(content)
			.slice(0, column - 1)
			.join('').length + 1
	);
}

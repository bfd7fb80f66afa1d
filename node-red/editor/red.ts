/// <reference lib="dom" />
/// <reference types="jquery" />

/** What the dialogs use of Node-RED's editor. @types/node-red lacks about half of it. */
export interface EditorNode {
	readonly id: string;
	readonly type: string;
	readonly name?: string;
	/** Set on nodes that came from a flow file or the clipboard, absent on one that was just dropped. */
	readonly _config?: unknown;
	credentials?: Record<string, string>;
	_def: {
		_: (key: string) => string;
		readonly defaults: Readonly<Record<string, { value?: unknown; type?: string }>>;
	};
	[property: string]: unknown;
}

interface TextEditorOptions {
	title: string;
	value: string;
	mode: string;
	width: string;
	complete(value: string): void;
}

interface Red {
	_(key: string, parameters?: Record<string, unknown>): string;
	readonly settings: { readonly httpNodeRoot?: string | false };
	readonly nodes: {
		id(): string;
		node(id: string): EditorNode | null | undefined;
		createCompleteNodeSet(options: { credentials: boolean }): EditorNode[];
		filterNodes(filter: { z?: string; type?: string }): EditorNode[];
	};
	readonly events: { on(event: string, handler: (node: EditorNode) => void): void };
	readonly editor: {
		editText(options: TextEditorOptions): void;
		validateNode(node: EditorNode): boolean;
	};
	readonly view: { redraw(): void };
	readonly popover: {
		tooltip(
			target: JQuery,
			content: string,
		): { setContent(content: string): void; delete(): void; close(): void };
	};
	readonly tray: { resize(): void };
	readonly tabs: { create(options: object): unknown };
}

interface I18next {
	addResourceBundle(language: string, namespace: string, texts: object): void;
}

export interface MonacoModel {
	getLanguageId(): string;
	getValue(): string;
	getLineCount(): number;
	getLineContent(line: number): string;
	isDisposed(): boolean;
	onDidChangeContent(listener: () => void): void;
	onWillDispose(listener: () => void): void;
}

interface Monaco {
	readonly editor: {
		onDidCreateModel(listener: (model: MonacoModel) => void): void;
		setModelMarkers(model: MonacoModel, owner: string, markers: object[]): void;
	};
	readonly languages: {
		getLanguages(): { id: string }[];
		register(language: { id: string }): void;
		setMonarchTokensProvider(id: string, rules: object): void;
		setLanguageConfiguration(id: string, configuration: object): void;
	};
}

declare global {
	const RED: Red;
	const i18next: I18next;
	var monaco: Monaco | undefined;
}

interface EditableListOptions {
	addButton?: string | false;
	height?: 'auto' | number;
	header?: JQuery;
	sortable?: boolean | string;
	removable?: boolean;
	scrollOnAdd?: boolean;
	// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the list hands back what addItem was given
	addItem(row: JQuery, index: number, data: any): void;
	// eslint-disable-next-line @typescript-eslint/no-explicit-any
	removeItem?(data: any): void;
	sortItems?(items: JQuery): void;
}

interface EditableList {
	editableList(optionsOrMethod: EditableListOptions | 'empty'): void;
	editableList(method: 'addItem', item: object): void;
}

/** Turns an `<ol>` into Node-RED's list widget. */
export function makeEditable(list: JQuery, options: EditableListOptions): void {
	(list as unknown as EditableList).editableList(options);
}

export function addListItem(list: JQuery, item: object): void {
	(list as unknown as EditableList).editableList('addItem', item);
}

export function emptyList(list: JQuery): void {
	(list as unknown as EditableList).editableList('empty');
}

/** Creates an element with classes and text. */
export function element(html: string, className = '', text = ''): JQuery {
	const made = $(html);
	if (className) made.addClass(className);
	if (text) made.text(text);
	return made;
}

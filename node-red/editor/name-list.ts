import { addListItem, element, emptyList, makeEditable } from './red';

/** An editable list whose names must differ, so that a change in one row checks all of them. */
export interface NameList<T> {
	readonly element: JQuery;
	read(): T[];
	/** Other rows in the place of those that are there. */
	fill(values: readonly T[]): void;
}

interface Item<T> {
	readonly value: T;
	read?: () => T;
	check?: () => void;
}

interface Options<T> {
	readonly className: string;
	/** Of a row that a person adds. */
	readonly empty: T;
	readonly addLabel: string;
	/** Its input for the name has the class `sluice-name`. */
	readonly build: (
		content: JQuery,
		value: T,
		recheck: () => void,
	) => Required<Omit<Item<T>, 'value'>>;
	readonly changed: () => void;
}

export function nameList<T extends { name: string }>(
	parent: JQuery,
	start: readonly T[],
	{ className, empty, addLabel, build, changed }: Options<T>,
): NameList<T> {
	const wrap = element('<div>', className).appendTo(parent);
	const list = element('<ol>').appendTo(wrap);
	// Each of many rows that are added at once would check all that are there.
	let isFilling = false;
	const items = (): Item<T>[] =>
		list
			.children()
			.toArray()
			.map((li) => $(li).children('.red-ui-editableList-item-content').data('data') as Item<T>);
	const recheck = (): void => {
		if (isFilling) return;
		for (const item of items()) item.check?.();
		changed();
	};
	makeEditable(list, {
		addButton: addLabel,
		height: 'auto',
		sortable: true,
		removable: true,
		scrollOnAdd: false,
		addItem(content, _index, data: Partial<Item<T>> & { value?: T }) {
			const item = data as { -readonly [K in keyof Item<T>]: Item<T>[K] };
			const isNew = data.value === undefined;
			item.value = data.value ?? { ...empty };
			Object.assign(item, build(content, item.value, recheck));
			if (isNew) content.find('input').first().trigger('focus');
			recheck();
		},
		removeItem: recheck,
		sortItems: recheck,
	});
	const fill = (values: readonly T[]): void => {
		isFilling = true;
		emptyList(list);
		for (const value of values) addListItem(list, { value: { ...value } });
		isFilling = false;
		recheck();
	};
	fill(start);
	return {
		element: wrap,
		fill,
		read: () => items().flatMap((item) => (item.read ? [item.read()] : [])),
	};
}

/** Of all rows, to tell those that are there twice. */
export function namesOf(content: JQuery): unknown[] {
	return content
		.closest('ol')
		.find('.sluice-name')
		.toArray()
		.map((input) => $(input).val());
}

/** Bodies of this API, in and out (K6 to K8, K41). Unknown members are ignored (K12). */
import * as z from 'zod/v4';
import { COLUMNS, CONDITIONS, TEMPLATE_LENGTH } from '../../pure/bounds';

/** A text whose length is counted in characters (K36). */
function characters(minLength: number, maxLength: number) {
	return z
		.string()
		.check((ctx) => {
			// A text that is far too long is not taken apart.
			const { value, issues } = ctx;
			const length = value.length > 2 * maxLength ? value.length : Array.from(value).length;
			const shared = { origin: 'string', inclusive: true, input: value } as const;
			if (length < minLength) issues.push({ code: 'too_small', minimum: minLength, ...shared });
			if (length > maxLength) issues.push({ code: 'too_big', maximum: maxLength, ...shared });
		})
		.meta({ minLength, maxLength });
}

const MAX_ID = 48;
const name = characters(1, 40);
export const idText = characters(1, MAX_ID);
const description = characters(0, 4_096);

const COLUMN_TYPES_HERE = ['id', 'datetime', 'ip', 'body', 'headers', 'template'] as const;

const column = z.object({
	type: z.enum(COLUMN_TYPES_HERE),
	name: z.string(),
	primaryKey: z.boolean().optional(),
	template: z
		.object({
			language: z.string(),
			content: characters(TEMPLATE_LENGTH.min, TEMPLATE_LENGTH.max),
		})
		.optional(),
});

const mapping = z.object({
	tableId: z.string().min(1),
	incremental: z.boolean().optional(),
	columns: z.array(column).min(COLUMNS.min).max(COLUMNS.max),
});

const { min: minCount, max: maxCount } = CONDITIONS.count;
const conditions = z.object({
	count: z.int().min(minCount).max(maxCount).optional(),
	size: z.string().optional(),
	time: z.string().optional(),
});

export const newExport = z.object({
	id: idText.optional(),
	name,
	mapping,
	conditions: conditions.optional(),
});

export const newReceiver = z.object({
	id: idText.optional(),
	name,
	description: description.optional(),
	exports: z.array(newExport).optional(),
});

export const changedReceiver = z.object({
	name: name.optional(),
	description: description.optional(),
});

export const changedExport = z.object({
	name: name.optional(),
	mapping: mapping.optional(),
	conditions: conditions.optional(),
});

export type NewExport = z.output<typeof newExport>;
export type NewReceiver = z.output<typeof newReceiver>;
export type ChangedExport = z.output<typeof changedExport>;

export const shownExport = z.object({
	id: z.string(),
	receiverId: z.string(),
	name: z.string(),
	mapping: z.object({
		tableId: z.string(),
		incremental: z.boolean(),
		columns: z.array(
			z.object({
				type: z.string(),
				name: z.string(),
				primaryKey: z.boolean(),
				template: z.object({ language: z.string(), content: z.string() }).optional(),
			}),
		),
	}),
	conditions: z.object({ count: z.int(), size: z.string(), time: z.string() }),
});

export const shownReceiver = z.object({
	id: z.string(),
	/** Its secret is in it: for developers and above alone. */
	url: z.string().optional(),
	name: z.string(),
	description: z.string(),
	exports: z.array(shownExport),
});

export const shownTask = z.object({
	id: z.string(),
	type: z.enum(['receiver.create', 'export.create', 'export.update']),
	url: z.string(),
	status: z.enum(['processing', 'success', 'error']),
	isFinished: z.boolean(),
	createdAt: z.string(),
	finishedAt: z.string().optional(),
	/** Milliseconds. */
	duration: z.int().optional(),
	result: z.string().optional(),
	error: z.string().optional(),
	outputs: z.object({ receiverId: z.string(), exportId: z.string().optional() }),
});

/**
 * The only list of the types of fields. To add one: its name in `FIELD_TYPES`, its `FieldKind`, a line here, and what `docs/adding.md` names.
 */
import { numberText } from './exact-number';
import { file } from './field-file';
import type { FieldKind } from './field-kind';
import { boolean, double, int } from './field-numbers';
import { geoPoint, geoShape } from './field-places';
import { date, datetime } from './field-times';
import type { FieldType } from './field-types';

/** A text (O24); a number by its own digits and true or false become one. */
const text: FieldKind = {
	takes: (value) => typeof value === 'string',
	convert(value) {
		if (typeof value === 'string') return value;
		return typeof value === 'boolean' ? String(value) : numberText(value);
	},
	expected: 'a text',
	convertible: 'a text, a number, true or false',
};

const json: FieldKind = {
	takes: () => true,
	convert: (value) => value,
	expected: 'any value',
	convertible: 'any value',
};

export const FIELD_KINDS: Readonly<Record<FieldType, FieldKind>> = {
	text,
	int,
	double,
	boolean,
	date,
	datetime,
	geo_point_2d: geoPoint,
	geo_shape: geoShape,
	file,
	json,
};

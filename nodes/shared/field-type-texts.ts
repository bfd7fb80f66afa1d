import type { INodePropertyOptions } from 'n8n-workflow';
import { FIELD_TYPES, type FieldType } from '../../core/index';

/** What n8n calls the types of fields. */
const TEXTS: Readonly<Record<FieldType, string>> = {
	text: 'Text',
	int: 'Integer',
	double: 'Number',
	boolean: 'True or False',
	date: 'Date',
	datetime: 'Date and Time',
	geo_point_2d: 'Point (Latitude, Longitude)',
	geo_shape: 'GeoJSON Geometry',
	file: 'File (Base64)',
	json: 'Any JSON',
};

/** In the order of the alphabet as n8n wants it. */
export const FIELD_TYPE_OPTIONS: INodePropertyOptions[] = FIELD_TYPES.map((value) => ({
	name: TEXTS[value],
	value,
})).toSorted((a, b) => a.name.localeCompare(b.name));

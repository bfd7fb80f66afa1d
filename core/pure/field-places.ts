import { numberText, parseDecimal } from './exact-number';
import type { FieldKind } from './field-kind';

const POINT = /^\s*(-?\d{1,3}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)\s*$/;

/** "LAT,LON" in degrees (O29). */
export const geoPoint: FieldKind = {
	takes: isPoint,
	convert: (value) => (isPoint(value) ? value : undefined),
	expected: 'a text "LAT,LON" in degrees',
	convertible: 'a text "LAT,LON" in degrees',
};

function isPoint(value: unknown): boolean {
	const [, latitude, longitude] = (typeof value === 'string' && POINT.exec(value)) || [];
	if (latitude === undefined) return false;
	return Math.abs(Number(latitude)) <= 90 && Math.abs(Number(longitude)) <= 180;
}

/** A geometry of GeoJSON (RFC 7946, 3.1), no Feature and no FeatureCollection (O30). */
export const geoShape: FieldKind = {
	takes: isGeometry,
	convert: (value) => (isGeometry(value) ? value : undefined),
	expected: 'a GeoJSON geometry, no Feature or FeatureCollection',
	convertible: 'a GeoJSON geometry, no Feature or FeatureCollection',
};

/** How many lists lie around the positions, and how many positions the innermost one has at least. */
const SHAPES: ReadonlyMap<unknown, { readonly depth: number; readonly positions: number }> =
	new Map([
		['Point', { depth: 0, positions: 1 }],
		['MultiPoint', { depth: 1, positions: 0 }],
		['LineString', { depth: 1, positions: 2 }],
		['MultiLineString', { depth: 2, positions: 2 }],
		['Polygon', { depth: 2, positions: 4 }],
		['MultiPolygon', { depth: 3, positions: 4 }],
	]);

function isGeometry(value: unknown): boolean {
	if (typeof value !== 'object' || value === null) return false;
	const { type, coordinates, geometries } = value as Readonly<Record<string, unknown>>;
	if (type === 'GeometryCollection')
		return Array.isArray(geometries) && geometries.every(isGeometry);
	const shape = SHAPES.get(type);
	return shape !== undefined && hasPositions(coordinates, shape.depth, shape.positions);
}

function hasPositions(value: unknown, depth: number, positions: number): boolean {
	if (!Array.isArray(value)) return false;
	if (depth === 0) return value.length >= 2 && value.every(isCoordinate);
	if (depth === 1 && value.length < positions) return false;
	return value.every((one) => hasPositions(one, depth - 1, positions));
}

function isCoordinate(value: unknown): boolean {
	const text = numberText(value);
	return text !== undefined && parseDecimal(text) !== undefined && Number.isFinite(Number(text));
}

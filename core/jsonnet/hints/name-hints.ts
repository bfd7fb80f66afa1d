import { closest, lookUp } from './hint';

const NULL = 'Write null.';
const BODY = 'The event is read by Body("a.b").';

/** Variables of other languages and hosts. */
const VARIABLES: Readonly<Record<string, string>> = {
	undefined: NULL,
	None: NULL,
	nil: NULL,
	NULL,
	Null: NULL,
	NaN: 'There is no NaN: an operation that would give it is an error.',
	Infinity: 'There is no infinity: an operation that would give it is an error.',
	True: 'Write true.',
	False: 'Write false.',
	TRUE: 'Write true.',
	FALSE: 'Write false.',
	this: 'Write self.a for a field of this object.',
	JSON: 'Write std.parseJson(text), or std.manifestJsonMinified(value).',
	Math: 'Write std.floor(a), std.round(a), std.max(a, b) and so on.',
	Object: 'Write std.objectFields(object), std.objectValues(object), std.objectKeysValues(object).',
	Array: 'Write std.isArray(a), std.makeArray(3, function(i) i).',
	String: 'Write std.toString(a).',
	Number: 'Write std.parseJson(text), or std.parseInt(text).',
	Boolean: 'Compare it: a == "true".',
	Date: 'Write ParseTime(text) and FormatTime(ms, "%Y-%m-%d"); Now() is the time of receipt.',
	parseFloat: 'Write std.parseJson(text).',
	console: 'Nothing is printed from a template.',
	msg: `${BODY} It is the payload.`,
	payload: BODY,
	item: BODY,
	items: BODY,
	event: BODY,
	request: BODY,
	req: BODY,
	data: BODY,
	json: BODY,
	headers: 'A header is read by Header("x-name").',
};

/** @param known names that can be seen at this place @param std functions of the standard library */
export function variableHint(
	name: string,
	known: readonly string[],
	std: readonly string[],
): string | undefined {
	const spelling = known.find((each) => each.toLowerCase() === name.toLowerCase());
	if (spelling !== undefined) return `Did you mean ${spelling}?`;
	const listed = lookUp(VARIABLES, name);
	if (listed !== undefined) return listed;
	if (std.includes(name)) return `Did you mean std.${name}?`;
	const near = closest(name, known);
	return near === undefined ? undefined : `Did you mean ${near}?`;
}

/** What people call a function of `std`; the value is how it is written. */
const FUNCTIONS: Readonly<Record<string, string>> = {
	upper: 'std.asciiUpper(text)',
	toUpper: 'std.asciiUpper(text)',
	toUpperCase: 'std.asciiUpper(text)',
	uppercase: 'std.asciiUpper(text)',
	lower: 'std.asciiLower(text)',
	toLower: 'std.asciiLower(text)',
	toLowerCase: 'std.asciiLower(text)',
	lowercase: 'std.asciiLower(text)',
	len: 'std.length(value)',
	size: 'std.length(value)',
	keys: 'std.objectFields(object)',
	values: 'std.objectValues(object)',
	entries: 'std.objectKeysValues(object)',
	items: 'std.objectKeysValues(object)',
	has: 'std.objectHas(object, "name")',
	hasKey: 'std.objectHas(object, "name")',
	includes: 'std.member(list, value)',
	indexOf: 'std.findSubstr(part, text), or std.find(value, list)',
	replace: 'std.strReplace(text, from, to)',
	replaceAll: 'std.strReplace(text, from, to)',
	str: 'std.toString(value)',
	string: 'std.toString(value)',
	int: 'std.parseInt(text)',
	number: 'std.parseJson(text)',
	float: 'std.parseJson(text)',
	parseFloat: 'std.parseJson(text)',
	parseNumber: 'std.parseJson(text)',
	toNumber: 'std.parseJson(text)',
	stringify: 'std.manifestJsonMinified(value)',
	toJson: 'std.manifestJsonMinified(value)',
	json: 'std.manifestJsonMinified(value)',
	concat: 'a + b',
	reduce: 'std.foldl(function(sum, x) sum + x, list, 0)',
	fold: 'std.foldl(function(sum, x) sum + x, list, 0)',
	flatten: 'std.flattenArrays(lists), or std.flattenDeepArray(list)',
	flat: 'std.flattenArrays(lists)',
	some: 'std.any(list)',
	every: 'std.all(list)',
	average: 'std.avg(list)',
	mean: 'std.avg(list)',
	unique: 'std.set(list)',
	distinct: 'std.set(list)',
	strip: 'std.trim(text), or std.stripChars(text, " .")',
	substring: 'std.substr(text, from, length), or text[0:3]',
	padStart: '"%5s" % text',
	padEnd: '"%-5s" % text',
	padLeft: '"%5s" % text',
	toFixed: '"%.2f" % number',
	typeof: 'std.type(value)',
	now: 'Now("%Y-%m-%d")',
	date: 'FormatTime(ms, "%Y-%m-%d")',
	strftime: 'FormatTime(ms, "%Y-%m-%d")',
	strptime: 'ParseTime(text, "%Y-%m-%d")',
	parseDate: 'ParseTime(text)',
	parseTime: 'ParseTime(text)',
	merge: 'a + b, or std.mergePatch(a, b)',
	assign: 'a + b',
	extend: 'a + b',
	power: 'std.pow(a, b)',
	ln: 'std.log(x)',
	truncate: 'std.floor(x)',
	trunc: 'std.floor(x)',
	sha: 'std.sha256(text)',
	b64encode: 'std.base64(text)',
	base64Encode: 'std.base64(text)',
	b64decode: 'std.base64Decode(text)',
};

const NO_PATTERNS =
	'There are no regular expressions: see std.split, std.findSubstr, std.startsWith and text[0:3].';
const MISSING: Readonly<Record<string, string>> = {
	regex: NO_PATTERNS,
	regexMatch: NO_PATTERNS,
	match: NO_PATTERNS,
	test: NO_PATTERNS,
	random: 'There is no randomness in a template.',
	uuid: 'Use a column of type uuid.',
};

/** @param known all names of `std` */
export function stdHint(name: string, known: readonly string[]): string | undefined {
	const missing = lookUp(MISSING, name);
	if (missing !== undefined) return missing;
	const listed = lookUp(FUNCTIONS, name);
	if (listed !== undefined) return `Did you mean ${listed}?`;
	const near = closest(name, known);
	return near === undefined ? undefined : `Did you mean std.${near}?`;
}

/** Members that values have in JavaScript, beside those of FUNCTIONS. */
const MEMBERS: Readonly<Record<string, string>> = {
	length: 'std.length(value)',
	trim: 'std.trim(text)',
	split: 'std.split(text, ",")',
	join: 'std.join(",", list)',
	map: '[x + 1 for x in list]',
	filter: '[x for x in list if x > 0]',
	forEach: '[x + 1 for x in list]',
	find: '[x for x in list if x > 0][0]',
	push: 'list + [value]',
	slice: 'value[0:3]',
	substr: 'text[0:3]',
	substring: 'text[0:3]',
	startsWith: 'std.startsWith(text, "a")',
	endsWith: 'std.endsWith(text, "a")',
	sort: 'std.sort(list)',
	reverse: 'std.reverse(list)',
	flatMap: 'std.flatMap(f, list)',
	toString: 'std.toString(value)',
	charAt: 'text[0]',
	charCodeAt: 'std.codepoint(text[0])',
	repeat: 'std.repeat(text, 3)',
	hasOwnProperty: '"name" in object',
	toISOString: 'FormatTime(ms)',
	getTime: 'ParseTime(text)',
	match: 'std.findSubstr(part, text): there are no regular expressions',
};
/** A body may well have a field `keys`, and this event lacks it. */
const FIELDS_OF_OBJECTS: readonly string[] = ['length', 'hasOwnProperty'];

/** For a name that was asked of a value without such a field. */
export function memberHint(name: string, isObject: boolean): string | undefined {
	const isCamel = /[a-z][A-Z]/.test(name);
	if (isObject && !isCamel && !FIELDS_OF_OBJECTS.includes(name)) return undefined;
	const listed = lookUp(MEMBERS, name) ?? lookUp(FUNCTIONS, name);
	return listed === undefined ? undefined : `Values have no members: write ${listed}.`;
}

import { body } from './body';
import type { CompileColumn } from './column-renderer';
import { datetime } from './datetime';
import { headers } from './headers';
import { id } from './id';
import { ip } from './ip';
import { path } from './path';
import { recordId } from './record-id';
import { template } from './template';
import { uuid } from './uuid';
import type { ColumnType } from '../../pure/column-types';

const TYPES: Readonly<Record<ColumnType, CompileColumn>> = {
	id,
	uuid,
	recordId,
	datetime,
	ip,
	body,
	headers,
	path,
	template,
};

/**
 * Compiles one column.
 *
 * @throws MappingError ERR_TEMPLATE_SYNTAX
 */
export const compileColumn: CompileColumn = (column, profile) =>
	TYPES[column.type](column, profile);

import type { FieldChecks } from './field-case';

export const jwtChecks: FieldChecks = {};

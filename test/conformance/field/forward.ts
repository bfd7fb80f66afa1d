import type { FieldChecks } from './field-case';

export const forwardChecks: FieldChecks = {};

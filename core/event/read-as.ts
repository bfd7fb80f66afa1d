/** What a receiver reads bodies as, whatever their content type says; `type` goes by it. */
export const READ_BODY_AS = ['type', 'json', 'form', 'csv', 'text', 'binary'] as const;
export type ReadBodyAs = (typeof READ_BODY_AS)[number];

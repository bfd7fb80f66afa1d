import { closeSharedN8n } from '../support/n8n-world';

export const mochaHooks = { afterAll: closeSharedN8n };

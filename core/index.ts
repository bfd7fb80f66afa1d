/** The only door to core: re-exports, nothing else. What is here is public, stable API. */
import * as engine from './jsonnet/jsonnet';

/** The Jsonnet engine: `compile`, `evaluate`, `evaluateToJson`. @see docs/templates.md */
export const jsonnet = {
	compile: engine.compile,
	evaluate: engine.evaluate,
	evaluateToJson: engine.evaluateToJson,
};

export * from './errors';
export { checkChoice, checkWhole } from './check-value';
export { errorHint, errorPlace, locatedError } from './error-place';
export type { Event, Headers } from './event/event';
export { createEvent } from './event/create-event';
export { withoutContentCoding } from './event/content-headers';
export { isJsonText } from './event/is-json-text';
export { isWholeEvent, withoutCredentials } from './event/sender-credentials';
export { jsonText, writeJson } from './event/write-json';
export type { ReadBodyAs } from './event/read-as';
export type { Column } from './mapping/column';
export { compileMapping, type Mapping } from './mapping/mapping';
export { formatCsvRow } from './mapping/csv';
export { normalizeId } from './mapping/normalize-id';
export { evaluateConditions, parseConditions } from './buffer/conditions';
export type * from './buffer/store';
export { MAX_APPEND_EVENTS } from './buffer/store';
export { DOCUMENT_BOUNDS, walkDocuments } from './buffer/documents';
export type * from './buffer/documents';
export * from './buffer/latest';
export type { AttemptReport, DeliveryRequest } from './delivery/attempt';
export { openStore, type StoreOptions } from './buffer/open-store';
export { whyEphemeral } from './buffer/stores/sqlite/ephemeral-disk';
export { openInspector, type InspectOptions } from './buffer/inspect/open-inspector';
export { toDocumentLine, toExportLine, toLatestLine } from './buffer/inspect/export-line';
export { damagedDocument } from './buffer/inspect/verify-documents';
export { openToOperate } from './buffer/inspect/open-to-operate';
export { damagedLatest } from './buffer/inspect/verify-latest';
export { ROW_STATES } from './buffer/inspect/store-inspector';
export type * from './buffer/inspect/store-inspector';
export {
	fieldsFor,
	ofMessages,
	secretRule,
	thatSign,
	type SchemeField,
} from './pure/scheme-description';
export { findPreset, PRESETS } from './signature/presets/index';
export type { Preset, PresetWay } from './signature/presets/preset';
export { SCHEMES, type SchemeConfig, type SchemeKind } from './signature/schemes/index';
export type { Scheme, SignedRequest, UnsignedRequest, Verified } from './signature/schemes/scheme';
export { secretExpectation, secretFault, SECRET_RULES, type SecretKind } from './pure/secret-rules';
export { authenticate, isSecretInUrl } from './signature/authenticate';
export { fetchText } from './sink/http/fetch-text';
export {
	ANSWER_BODIES,
	REFUSAL_BODIES,
	type AnswerBody,
	type RefusalBody,
} from './pure/answer-bodies';
export {
	FIELD_TYPES,
	SCHEMA_MODES,
	UNKNOWN_FIELDS,
	type FieldType,
	type SchemaField,
	type SchemaMode,
	type UnknownFields,
} from './pure/field-types';
export { inferFields, type Inferred, type SampleFault } from './pure/infer-fields';
export { HANDSHAKE_KINDS, showsVerifyToken, type HandshakeKind } from './pure/handshake-kinds';
export type { BodySettings } from './settings/body-settings';
export { toHandshake, type AnswerSettings } from './settings/handshake-settings';
export type { ShownWay } from './signature/shown-way';
export { signRequest } from './signature/sign-request';
export { validateAuth, validateSignatures } from './signature/validate-schemes';
export { validateSecret } from './signature/validate-secret';
export { signBody } from './signature/sign-body';
export { valueLists } from './signature/value-lists';
export { verifyBody, type Claims } from './signature/verify-body';
export type { Answer, PushedRequest } from './receiver/request';
export { errorAnswer } from './receiver/answer';
export { bodyChunks } from './receiver/listener/body-chunks';
export { drainRest, respond, type PushHandler } from './receiver/listener/node-http';
export { configuredPath } from './event/path-spelling';
export { requestPath, requestQuery, requestTarget } from './receiver/listener/target';
export { isPreflight } from './receiver/cors';
export { notReady, Places } from './receiver/listener/places';
export {
	createListener,
	type Listener,
	type ListenerOptions,
	type Mount,
} from './receiver/listener/listener';
export type { ListenerTls } from './receiver/listener/certificates';
export { METRICS } from './metrics/metric-list';
export type { Sink } from './sink/sink';
export {
	checkRows,
	createSink,
	createTarget,
	SINK_KINDS,
	validateSinkConfig,
	type SinkConfig,
	type SinkKindName,
} from './sink/create-sink';
export type { SinkPorts } from './sink/sink-kind';
export type { NamedSecret, ResolveSecret, SecretRef } from './sink/secret-ref';
export { schemaOfTable } from './sink/table/postgres/postgres-dialect';
export type { TableConfig } from './sink/table/table-config';
export type { ResolveDatabase, TableDatabaseConfig } from './sink/table/open-database';
export { tableDdl } from './sink/table/table-ddl';
export { tryDatabase, type TriedDatabase } from './sink/table/try-database';
export { recordReader } from './sink/records';
export { joinJson } from './sink/formats/json-array';
export { valueFormat, type ValueOptions } from './sink/formats/values';
export type { DoneWhen, FlowBatch, FlowPorts } from './sink/flow';
export { putAside, settleToken, tokenState, type Settlement } from './sink/flow-token';
export { settlementOfFailure } from './sink/flow-failure';
export { isGatewayStatus } from './sink/http/is-unreachable';
export { settleByPush } from './sink/settle-by-push';
export { settleBySink, type GivenBatch } from './sink/settle-by-sink';
export type { HttpTarget } from './sink/http/http-target';
export type { HttpSinkConfig, SignatureConfig } from './sink/http/http-config';
export { AUTH_KINDS, authFields, type AuthConfig } from './sink/http/auth/index';
export { STATUS_TABLE } from './sink/http/status-rules';
export type { StatusPattern } from './pure/status-pattern';
export { PUSH_METHODS } from './sink/http/transport';
export { BATCH_FORMS, type BatchForm } from './pure/batch-forms';
export { FORMAT_NAMES, type FormatName } from './pure/format-names';
export type { ContentConfig as FlowContentConfig } from './sink/flow-content';
export { ROW_BODIES } from './sink/formats/row-body';
export { PROTECTED_HEADERS } from './pure/protected-headers';
export * from './config';
export type { ExportInput } from './pipeline/parse-export';
export type { ReceiverInput } from './pipeline/parse-receiver';
export { attachAll } from './pipeline/attach-all';
export { appendDetached } from './pipeline/append-detached';
export { deliverNow, type DeliveredNow, type NowOptions } from './pipeline/deliver-now';
export type { Counters, Failure } from './buffer/store';
export { openPipeline, type Pipeline } from './pipeline/open-pipeline';
export { holdPipeline, type PipelineHold } from './pipeline/hold-pipeline';
export { findLeftBehind, type LeftBehind } from './operate/left-behind';
export type { DescribedAttempt, PipelineNotice } from './pipeline/notices';
export type { Attachment } from './pipeline/attachment';
export type { Held, HeldExport, HeldReceiver } from './pipeline/held';
export type { Holder } from './pipeline/attached-receiver';
export type { ExportPorts, ExportWithSink } from './pipeline/attached-sink';
export {
	attachStored,
	type ApiExport,
	type StoredDefinitions,
} from './pipeline/stored-definitions';
export type { StoredPorts } from './pipeline/stored-attachments';
export type {
	ExportDefinition,
	ReceiverDefinition,
	StoredReceiverConfig,
} from './definitions/definition';
export { listDefinitions, type BadDefinition } from './definitions/list-definitions';
export { readLastAttached, type LastAttached } from './definitions/last-attached';
export { ALERTS_RECEIVER, type Alert } from './alerts/alert';
export { isNamed } from './alerts/wanted';
export { ALERT_KINDS, type AlertKind } from './pure/alert-kinds';
export { deliveryResult, type DeliveryResult } from './operate/delivery-result';
export { shownAlert, type ShownAlert } from './operate/shown-alert';
export { onStoreAlert } from './operate/store-alerts';
export type { ActiveAlert } from './alerts/alerts';
export type { HealthView } from './health/health-view';
export type { HealthChange } from './health/export-health';
export { MAX_DELIVERIES, type Delivery } from './metrics/deliveries';
export type { MetricsView, ReceiverMetrics } from './metrics/metrics';
export { readMetrics } from './metrics/read-metrics';
export { disruptiveMetrics } from './metrics/window';
export { redactUrl } from './pure/redact-url';
export { previewPush, type Preview } from './pipeline/preview';
export type { Operable } from './operate/operable';
export { listExports, readStore, type NamedExport } from './operate/known-exports';
export { describeExport, type ExportSnapshot } from './operate/export-snapshot';
export { dryRunSettings } from './operate/dry-run-settings';
export { lastSample, type LastSample } from './operate/last-sample';
export { trySample, type TriedSample } from './operate/try-sample';
export { takeSnapshot, type Snapshot } from './operate/snapshot';
export { watchPipeline } from './operate/watch-pipeline';
export { showDue, summarize, type Level, type Phrase, type Summary } from './operate/summarize';
export { phraseText, summaryLine } from './operate/phrase-text';
export { argumentsOf, runVerb, VERBS, type Verb, type VerbArguments } from './operate/verbs';
export type { Confirm, Question } from './operate/verbs/confirm';
export {
	listDeadLetters,
	showDeadLetter,
	purgeDeadLetter,
	replay,
	type ShownLetter,
} from './operate/verbs/dead-letters';
export { adopt, type Adopted } from './operate/verbs/adopt';
export { move, type Moved } from './operate/move/move';
export { backup } from './operate/verbs/backup';
export { listDeliveries, type ShownDeliveries } from './operate/verbs/deliveries';
export { metrics, type BufferMetrics } from './operate/verbs/metrics';
export { renewUrlSecret } from './operate/verbs/renew-url-secret';
export type { RenewedUrlSecret } from './pipeline/receiver-results';
export type { SecretsInUse, SecretUse } from './receiver/secret-uses';
export { listRequests, type ShownRequests } from './operate/verbs/requests';
export type { RecentRequest } from './receiver/recent-requests';
export { disable } from './operate/verbs/disable';
export { flush } from './operate/verbs/flush';
export { synchronize } from './operate/verbs/synchronize';
export { listOrphans, removeOrphan } from './operate/verbs/orphans';
export { peek } from './operate/verbs/peek';
export { purge, type Purged } from './operate/verbs/purge';
export { replayKept, type ReplayBegun } from './operate/verbs/replay-kept';
export { retryNow } from './operate/verbs/retry';
export type { ShownRow } from './operate/verbs/shown-rows';
export { testDelivery, type Tested } from './operate/verbs/test';
export { runDry, type DryRan } from './operate/verbs/dry-run';
export type { GivenEvent } from './operate/verbs/given-event';
export { testReceiver, type TestedReceiver } from './operate/verbs/test-receiver';
export { SAMPLE_TYPES } from './pure/sample-events';
export { enable, pause, resume } from './operate/verbs/states';
export * from './pure/bounds';
export { pushCommand, type PushCommand } from './pure/push-command/index';
export { formatByteSize } from './pure/byte-size';
export { shortDuration } from './pure/duration';
export { COLUMN_TYPES } from './pure/column-types';
export { DEFAULT_SCHEMA } from './pure/schema-name';
export { textList } from './pure/text-list';
export { isUrlPath, URL_PATH } from './pure/url-path';
export { grouped } from './pure/whole-number';
export {
	toColumns,
	toExport,
	type BufferSettings,
	type DataSettings,
} from './settings/buffer-settings';
export { toFiles, type FilesSettings } from './settings/files-settings';
export { FILE_FORMATS } from './sink/files/files-config';
export {
	DATABASE_KINDS,
	toDatabase,
	type DatabaseFolder,
	type DatabaseSettings,
} from './settings/database-settings';
export { toTable, type TableSettings } from './settings/table-settings';
export { CELL_TYPES, type CellType } from './pure/cell-type-names';
export type { TableColumn } from './sink/table/cell-types';
export { BAD_ROWS, TABLE_CREATES, TABLE_LOADS } from './sink/table/table-config';
export { toFlowContent, toFlowSink, type FlowSettings } from './settings/flow-settings';
export { toAuth, type AuthSecret, type AuthSettings } from './settings/auth-settings';
export { inOrder, toDataset, type DatasetSettings } from './settings/dataset-settings';
export { ofEndpoint, toEndpoint, type EndpointSettings } from './settings/endpoint-settings';
export { checkHeaderNames } from './settings/header-settings';
export { LABEL_RULES, type LabelSetting } from './settings/filter-settings';
export {
	LISTENER_TLS,
	openListener,
	toListener,
	type ListenerSettings,
} from './settings/listener-settings';
export {
	findPresetChoice,
	PRESET_CHOICES,
	type PresetChoice,
	withPreset,
	type PresetFields,
} from './settings/preset-fields';
export { presetReceiver, type PresetSettings } from './settings/preset-receiver';
export type { LimitSettings } from './settings/limit-settings';
export { toReceiver, type ReceiverSettings } from './settings/receiver-settings';
export type { SchemaSettings } from './settings/schema-settings';
export { secretRuleOf, toScheme, type SchemeSettings } from './settings/scheme-settings';
export type { SettingPath } from './settings/setting-path';
export { toStore, type StoreSettings } from './settings/store-settings';
export { processShared } from './runtime/process-shared';
export { systemClock, type Clock } from './runtime/clock';
export type { Logger } from './runtime/logger';
export { openApi, type Api, type ApiOptions } from './api/open-api';
export type { Exposure } from './api/exposure';
export { DIALECTS } from './api/dialects';
export { openAdmin, type Admin } from './api/local/open-admin';
export type { LocalAnswer } from './api/local/messages';
export type { OperationCall } from './api/call-operation';

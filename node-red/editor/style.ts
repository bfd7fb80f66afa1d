/** Colours are Node-RED's own variables, so that both themes fit. */
const CSS = `
.sluice-row { display: flex; align-items: flex-start; }
.sluice-row > label { flex: 0 0 124px; width: 124px !important; margin: 7px 6px 0 0; }
.sluice-row > label > i { width: 14px; text-align: center; }
.sluice-row-content { flex: 1 1 auto; min-width: 0; }
.sluice-row-content > input[type="text"], .sluice-row-content > input[type="password"],
.sluice-row-content > select { width: 100%; box-sizing: border-box; }
.sluice-row-content > input.sluice-short { width: 100px; }
.sluice-row-content .sluice-with-button { display: flex; gap: 6px; }
.sluice-with-button > input { flex: 1 1 auto; min-width: 0; }
.sluice-unit { margin-left: 8px; color: var(--red-ui-secondary-text-color); }
.sluice-unit + input { margin-left: 8px; }
.sluice-hint { margin-top: 4px; font-size: 12px; line-height: 1.4; color: var(--red-ui-secondary-text-color); }
.sluice-hint b { font-weight: 600; color: var(--red-ui-primary-text-color); }
.sluice-warning { margin: 6px 0 0; padding: 7px 10px; line-height: 1.4; border-left: 3px solid var(--red-ui-text-color-warning);
	background: var(--red-ui-secondary-background); color: var(--red-ui-primary-text-color); }
.sluice-warning > i { color: var(--red-ui-text-color-warning); margin-right: 4px; }
/* Long lines of text must wrap, and not decide how wide a dialog opens: Node-RED makes that its least width. */
.sluice-hint, .sluice-warning, .sluice-address, .sluice-made, .sluice-buffer-head { width: 0; min-width: 100%; box-sizing: border-box; }
.sluice-strut { width: 640px; height: 0; }
.sluice-caption { display: block; font-size: 11px; color: var(--red-ui-secondary-text-color); }
.sluice-address { margin-bottom: 12px; padding: 8px 10px; border: 1px solid var(--red-ui-secondary-border-color); border-radius: 4px;
	background: var(--red-ui-secondary-background); }
.sluice-address-line { position: relative; padding-right: 40px; }
.sluice-address-line + .sluice-address-line { margin-top: 8px; }
.sluice-address code, .sluice-made code { display: block; padding: 0; border: 0; background: none; white-space: normal;
	overflow-wrap: anywhere; font-family: var(--red-ui-monospace-font); font-size: 12px; line-height: 1.45;
	color: var(--red-ui-primary-text-color); }
.sluice-address code.sluice-script { white-space: pre-wrap; }
.sluice-copy { position: absolute; right: 0; top: 8px; }
.sluice-copied { position: relative; }
.sluice-copied > .sluice-copy { right: 6px; top: 6px; }
.sluice-made { position: relative; margin-top: 6px; padding-right: 40px; }
.sluice-conditions { display: flex; align-items: flex-end; gap: 8px; }
.sluice-conditions > .sluice-condition { flex: 1 1 0; min-width: 0; width: auto; margin: 0; }
.sluice-condition > input[type="text"] { width: 100%; box-sizing: border-box; }
.sluice-line { display: flex; align-items: flex-start; gap: 6px; }
.sluice-line > input, .sluice-line > select, .sluice-line > textarea { flex: 1 1 0; min-width: 0; width: auto !important; margin: 0;
	box-sizing: border-box; }
.sluice-line > .sluice-lock { flex: 0 0 34px; padding: 0; text-align: center; }
.sluice-line > input[type="password"] { height: 34px; }
.sluice-between { flex: 0 0 auto; line-height: 34px; color: var(--red-ui-secondary-text-color); }
.sluice-sub { margin-top: 5px; }
textarea.sluice-template { min-height: 62px; resize: vertical; font-family: var(--red-ui-monospace-font); font-size: 12px;
	line-height: 1.4; white-space: pre; overflow: auto; }
.sluice-fault { margin-top: 3px; width: 0; min-width: 100%; font-size: 12px; line-height: 1.4; overflow-wrap: anywhere;
	color: var(--red-ui-text-color-error); }
label.sluice-check { display: flex; align-items: center; width: auto !important; margin-bottom: 0; font-size: 12px; }
label.sluice-check > input, .sluice-row-content > input[type="checkbox"] { width: auto !important;
	margin: -2px 6px 0 0 !important; vertical-align: middle; }
.sluice-row-content > label.sluice-inline { display: inline; width: auto; }
.sluice-mapping { display: flex; flex-wrap: wrap; align-items: flex-start; gap: 10px; margin-left: 130px; }
.sluice-mapping > .sluice-data-body { flex: 1 1 400px; min-width: 0; }
.sluice-mapping > .sluice-beside { flex: 1 1 340px; min-width: 0; }
.sluice-cell { margin-top: 4px; width: 0; min-width: 100%; font-size: 12px; line-height: 1.4; overflow-wrap: anywhere;
	color: var(--red-ui-secondary-text-color); }
.sluice-cell > code { padding: 0; border: 0; background: none; white-space: pre-wrap; font-family: var(--red-ui-monospace-font); font-size: 12px;
	color: var(--red-ui-primary-text-color); }
.sluice-cell-fault, .sluice-sample-fault { color: var(--red-ui-text-color-error); }
.sluice-sample { padding: 8px 10px; border: 1px solid var(--red-ui-secondary-border-color); border-radius: 4px;
	background: var(--red-ui-secondary-background); }
.sluice-sample-head { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; margin-bottom: 5px; }
.sluice-sample-head > label.sluice-list-title { flex: 1 1 auto; width: auto !important; margin: 0; }
.sluice-sample-step > span { margin: 0 4px; font-size: 12px; }
.sluice-sample textarea { width: 100%; min-height: 62px; box-sizing: border-box; margin: 0; resize: vertical; overflow: auto;
	font-family: var(--red-ui-monospace-font); font-size: 12px; line-height: 1.4; white-space: pre-wrap;
	overflow-wrap: anywhere; background: var(--red-ui-form-input-background); }
.sluice-sample details { margin-top: 5px; font-size: 12px; }
.sluice-sample summary, .sluice-dry-run summary { cursor: pointer; color: var(--red-ui-secondary-text-color); }
.sluice-sample-said { margin: 5px 0; }
.sluice-sample-old, .sluice-sample-old + .sluice-sample-gets { opacity: .6; }
.sluice-sample-verdict { line-height: 1.4; font-size: 12px; overflow-wrap: anywhere; }
.sluice-sample-verdict > i { width: 14px; text-align: center; }
.sluice-sample-well > i { color: var(--red-ui-text-color-success); }
.sluice-dry-run > .red-ui-button { margin-top: 5px; }
.sluice-diff { width: 100%; margin: 4px 0; font-size: 12px; }
.sluice-diff td { padding: 2px 8px 2px 0; vertical-align: top; overflow-wrap: anywhere; }
.sluice-diff-same > td { color: var(--red-ui-secondary-text-color); }
.sluice-removed > button { margin-left: 8px; }
.sluice-data-body .red-ui-editableList-container { padding: 3px; }
.sluice-fold { margin: 12px 0; border-top: 1px solid var(--red-ui-secondary-border-color); }
.sluice-fold-head { padding: 8px 0; cursor: pointer; user-select: none; font-weight: 500; color: var(--red-ui-primary-text-color); }
.sluice-fold-head > i, .sluice-buffer-head > i { width: 12px; text-align: center; transition: transform .15s; }
.sluice-fold.sluice-open > .sluice-fold-head > i, .sluice-buffer-head.sluice-open > i { transform: rotate(90deg); }
.sluice-fold > .sluice-fold-body { display: none; }
.sluice-fold.sluice-open > .sluice-fold-body { display: block; }
.sluice-fold-head:focus-visible, .sluice-buffer-head:focus-visible { outline: 1px solid var(--red-ui-form-input-focus-color);
	outline-offset: 2px; }
.sluice-buffers > li:last-child, .sluice-data-body li:last-child, .sluice-headers > li:last-child { border-bottom: 0 !important; }
.sluice-buffers > li > .red-ui-editableList-item-handle, .sluice-buffers > li > .red-ui-editableList-item-remove { top: 23px; }
.sluice-buffer-head { display: flex; align-items: baseline; gap: 8px; padding: 4px 0; cursor: pointer; user-select: none; }
.sluice-buffer-label { flex: 0 1 auto; min-width: 60px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
	font-weight: 500; color: var(--red-ui-primary-text-color); }
.sluice-buffer-summary { flex: 1 1 auto; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 12px;
	color: var(--red-ui-secondary-text-color); }
.sluice-buffer-output { flex: 0 0 auto; white-space: nowrap; color: var(--red-ui-secondary-text-color); }
.sluice-buffer-head.sluice-wrong .sluice-buffer-label { color: var(--red-ui-text-color-error); }
.sluice-buffer-body { padding: 8px 0 2px; }
.sluice-buffer-body .form-row:last-child { margin-bottom: 4px; }
.sluice-single > li > .red-ui-editableList-item-remove, .sluice-single > li > .red-ui-editableList-item-handle { display: none; }
.sluice-single > li > .red-ui-editableList-item-content { margin-left: 4px !important; margin-right: 4px !important; }
.sluice-list-title { margin-bottom: 5px; font-weight: 500; color: var(--red-ui-primary-text-color); }
.sluice-tab-bar > ul { min-width: 0; margin-bottom: 14px; }
/* On the corner of a tab, where it takes no place from the name: Node-RED makes all tabs as wide as each other. */
.sluice-tab-wrong { position: absolute; top: 2px; right: 2px; font-size: 10px; color: var(--red-ui-text-color-error); }
.sluice-tab-bar li.red-ui-tab > a.red-ui-tab-label { padding-left: 8px; }
.sluice-tab-bar li.red-ui-tab > a.red-ui-tab-label[aria-invalid="true"] { color: var(--red-ui-text-color-error); }
.sluice-group { margin-top: 18px; padding-top: 10px; border-top: 1px solid var(--red-ui-secondary-border-color); }
.sluice-group:first-child, .sluice-page-hint + .sluice-group { margin-top: 0; padding-top: 0; border-top: 0; }
.sluice-page-hint { margin: 0 0 12px; }
.sluice-row-content > select.sluice-retry-preset { margin-bottom: 6px; }
.sluice-filter-labels > li:last-child { border-bottom: 0 !important; }
.sluice-tested { margin-top: 6px; }
.sluice-tested > .sluice-warning, .sluice-tested-well { margin-bottom: 4px; }
.sluice-tested-well { padding: 7px 10px; line-height: 1.4; border-left: 3px solid var(--red-ui-text-color-success);
	background: var(--red-ui-secondary-background); color: var(--red-ui-primary-text-color); }
.sluice-tested-well > i { color: var(--red-ui-text-color-success); margin-right: 4px; }
.sluice-table-columns { width: 100%; margin-bottom: 6px; }
.sluice-table-columns th { text-align: left; font-weight: normal; color: var(--red-ui-secondary-text-color); }
.sluice-table-columns td, .sluice-table-columns th { padding: 2px 8px 2px 0; }
.sluice-table-columns select { width: 150px; margin: 0; }
.sluice-table-columns input[type="checkbox"] { margin: 0; width: auto; }
.sluice-table-column { overflow-wrap: anywhere; }
pre.sluice-tested-part.sluice-wrong { color: var(--red-ui-text-color-error); }
pre.sluice-tested-part { margin: 0 0 4px; padding: 6px 10px; width: 0; min-width: 100%; box-sizing: border-box; white-space: pre-wrap;
	overflow-wrap: anywhere; font-family: var(--red-ui-monospace-font); font-size: 12px; line-height: 1.45;
	border: 1px solid var(--red-ui-secondary-border-color); background: var(--red-ui-secondary-background);
	color: var(--red-ui-primary-text-color); }
.sluice-tested-body { max-height: 220px; overflow: auto; }
.sluice-offscreen { position: fixed; left: -2000px; }
`;

export function addStyle(): void {
	$('<style>').attr('id', 'sluice-style').text(CSS).appendTo(document.head);
}

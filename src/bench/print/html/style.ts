/** Colours that can be told apart by those who see fewer, on white and on black: after https://jfly.uni-koeln.de/color/. */
export const style = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1c1e21; --soft: #5b6169; --rule: #d9dce1; --panel: #f6f7f9;
  --direct: #6b7280; --relay: #b45309; --proxied: #0b63ce; --good: #08703f; --warn: #8a5a00; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --paper: #14161a; --ink: #e7e9ec; --soft: #a2a9b3; --rule: #353a42;
  --panel: #1c1f25; --direct: #9aa3af; --relay: #f0a040; --proxied: #6cb0ff; --good: #5fd39a; --warn: #e6b450; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px 20px 48px; max-width: 900px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 22px; margin: 0 0 4px; } h2 { font-size: 17px; margin: 36px 0 8px; }
p { margin: 4px 0; } .soft, figcaption, .reason { color: var(--soft); }
.verdict { display: inline-block; padding: 2px 12px; border-radius: 4px; font-weight: 700; border: 2px solid currentColor; }
.PASS, .pass { color: var(--good); } .FAIL, .fail { color: var(--bad); } .INVALID, .investigate { color: var(--warn); }
.fail, .investigate { font-weight: 700; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 14px; }
th, td { text-align: left; padding: 4px 10px 4px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
th { color: var(--soft); font-weight: 600; } .number { text-align: right; }
.number, .tight { white-space: nowrap; }
tr.added td:first-child { padding-left: 16px; }
figure { margin: 0; padding: 12px; background: var(--panel); border-radius: 8px; }
svg { width: 100%; height: auto; display: block; } svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
svg .unit { fill: var(--soft); } .grid { stroke: var(--rule); } .axis { stroke: var(--soft); }
.limit { stroke: var(--bad); stroke-dasharray: 8 4; stroke-width: 1.5; } svg .limit-text { fill: var(--bad);
  paint-order: stroke; stroke: var(--panel); stroke-width: 5px; }
.line { fill: none; stroke-width: 2.2; } .thin { fill: none; stroke-width: 1; opacity: 0.7; }
.line.direct, .thin.direct { stroke: var(--direct); stroke-dasharray: 2 3; }
.line.relay, .thin.relay { stroke: var(--relay); stroke-dasharray: 9 4; }
.line.proxied, .thin.proxied { stroke: var(--proxied); }
.dot.direct { fill: var(--direct); } .dot.relay { fill: var(--relay); } .dot.proxied { fill: var(--proxied); }
.dot.median { fill: var(--soft); } .range { stroke: var(--proxied); stroke-width: 4; opacity: 0.45; }
.key { display: inline-block; margin-right: 18px; } .key svg { display: inline-block; width: 36px; vertical-align: middle; margin-right: 6px; }
@media print { figure { break-inside: avoid; } }
`;

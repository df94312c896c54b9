import type { JudgedReport, ProofTarget } from '../../proof/proof-report.ts';
import { loadText, machineParts, rigText } from '../run-facts.ts';
import { tallyText } from '../tally.ts';
import { escaped } from './escape.ts';
import { latencyOverTime } from './latency-over-time.ts';
import { percentileCurve } from './percentile-curve.ts';
import { targetClass } from './picture.ts';
import { stageTimes } from './stage-times.ts';
import { style } from './style.ts';
import { baselineTable, latencyTable, publishedTable, stageTable, targetTable } from './tables.ts';

/** The report as one page that needs nothing else: no script, nothing from elsewhere. */
export function reportHtml(report: JudgedReport): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    ...headLines(report),
    '<body>',
    ...introduction(report),
    ...section('Latency', latencyTable(report)),
    ...section('By percentile', figureOf(report, percentileCurve(report))),
    ...section('Over time', figureOf(report, latencyOverTime(report))),
    ...section(`Targets (${report.slaFile})`, targetTable(report)),
    ...section('Against the baseline', baselineTable(report)),
    ...section('Stages of the proxy', stages(report)),
    ...section(`Beside ${report.publishedBy.of}`, published(report)),
    ...section('Notes', report.notes.length === 0 ? null : listOf(report.notes)),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function headLines({ verdict, run }: JudgedReport): string[] {
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return [
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    `<title>${escaped(`tokenpak bench: ${verdict}, ${run.at}`)}</title>`,
    `<style>${style}</style>`,
    '</head>',
  ];
}

function introduction(report: JudgedReport): string[] {
  const { run, verdict, invalid } = report;
  const facts = [`tokenpak ${run.version}`, run.at, run.cpu, ...machineParts(run), loadText(run), rigText(run)];
  return [
    '<h1>tokenpak bench</h1>',
    `<p><span class="verdict ${verdict}">${verdict}</span> ${invalid.length === 0 ? escaped(tallyText(report)) : 'this run says nothing about tokenpak:'}</p>`,
    ...(invalid.length === 0 ? [] : [listOf(invalid)]),
    `<p class="soft">${escaped(facts.join(' · '))}</p>`,
  ];
}

const section = (title: string, content: string | null): string[] =>
  content === null ? [] : [`<h2>${escaped(title)}</h2>`, content];

function figureOf({ curve, timeline }: JudgedReport, drawn: string | null): string | null {
  if (drawn === null) return null;
  const there = new Set([...curve, ...timeline].map(({ target }) => target));
  const keys = (Object.keys(targetClass) as ProofTarget[]).filter((target) => there.has(target)).map(keyOf);
  return `<figure>\n${drawn}\n<figcaption>${keys.join('\n')}</figcaption>\n</figure>`;
}

function keyOf(target: ProofTarget): string {
  const stroke = `<svg viewBox="0 0 36 8" aria-hidden="true"><polyline points="0,4 36,4" class="line ${targetClass[target]}"/></svg>`;
  return `<span class="key">${stroke}${escaped(target)}</span>`;
}

function stages(report: JudgedReport): string | null {
  const drawn = stageTimes(report);
  return drawn === null ? null : `<figure>\n${drawn}\n</figure>\n${stageTable(report)}`;
}

function published(report: JudgedReport): string | null {
  if (report.published.length === 0) return null;
  const { of, source, as } = report.publishedBy;
  const where = `As ${of} has published them, with ${as}; nobody has measured them here: ${source}`;
  return `${publishedTable(report)}\n<p class="soft">${escaped(where)}</p>`;
}

const listOf = (items: readonly string[]): string =>
  `<ul>\n${items.map((item) => `<li>${escaped(item)}</li>`).join('\n')}\n</ul>`;

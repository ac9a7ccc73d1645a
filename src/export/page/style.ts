/** The style sheet of the page: follows the reader's preference for light or dark, and the width of the window. */
export const style = `
:root {
  color-scheme: light dark;
  --back: light-dark(#f5f4f0, #121416);
  --card: light-dark(#ffffff, #1b1e22);
  --line: light-dark(#e7e4dc, #2e3238);
  --text: light-dark(#1f2328, #e8e8e4);
  --soft: light-dark(#5d6168, #a0a5ad);
  --link: light-dark(#8a4b00, #f2b24c);
  --sun: light-dark(#e89a0c, #f7b733);
  --sun-soft: light-dark(#fdf0d2, #3a2e14);
  --battery: light-dark(#2a9d63, #4fc98a);
  --house: light-dark(#7b5bd0, #a68ff0);
  --grid: light-dark(#3577c9, #6ca8f0);
  --stick: light-dark(#c2527c, #ec86ab);
  --good: light-dark(#1b6e3c, #6fd39a);
  --bad: light-dark(#b3261e, #ff9a8f);
  --wait: light-dark(#7a5b00, #e8c65a);
  --good-back: light-dark(#e3f3e8, #16301f);
  --bad-back: light-dark(#fbe5e3, #3d1c1a);
  --wait-back: light-dark(#faf0d3, #332b12);
  --calm-back: light-dark(#eeece6, #282c31);
  --shadow: 0 1px 2px light-dark(#0000000d, #0000), 0 6px 20px light-dark(#0000000a, #0000);
}
* { box-sizing: border-box; }
body {
  max-width: 74rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem;
  background: var(--back); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-variant-numeric: tabular-nums;
}
h1, h2, h3, p, dl, dd, ul, figure { margin: 0; padding: 0; }
a { color: var(--link); }
a:focus-visible, input:focus-visible, button:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: .4rem; }
small { font-size: .6em; font-weight: 500; color: var(--soft); }
b { font-weight: 600; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.top { display: flex; align-items: center; gap: .6rem; margin-bottom: 1.25rem; }
.top svg { width: 1.75rem; height: 1.75rem; fill: var(--sun); stroke: var(--sun); stroke-width: 2; stroke-linecap: round; flex: none; }
.top h1 { font-size: 1.1rem; font-weight: 650; }
.top p { margin-left: auto; color: var(--soft); font-size: .875rem; }
.note, .offline { margin-bottom: 1.25rem; padding: .7rem 1.1rem; border-radius: .9rem; font-size: .9rem; }
.note { background: var(--sun-soft); }
.offline { background: var(--bad-back); color: var(--bad); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 1.1rem; box-shadow: var(--shadow); }
h2 { margin: 2rem 0 .75rem; font-size: 1.1rem; }
h2 small { font-size: .85rem; font-weight: 400; margin-left: .5rem; }
.hint { color: var(--soft); font-size: .9rem; }
.energies + .hint { margin-top: 1rem; }
.power + .problem { font-size: .9rem; }
.card.hint { padding: 1.1rem 1.4rem; }

.hero { display: grid; gap: 1rem 2.5rem; align-items: center; padding: 1.75rem 2rem; }
.hero.drawn { grid-template-columns: minmax(0, 26rem) minmax(0, 1fr); }
.now span { display: block; color: var(--soft); }
.now strong { font-size: clamp(2.9rem, 7vw, 4.25rem); font-weight: 600; line-height: 1.1; letter-spacing: -.02em; }
.now strong small { font-size: .42em; letter-spacing: 0; }
.now em { display: block; font-style: normal; color: var(--soft); }
.figures dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1.25rem 1.5rem; margin-top: 1.5rem; }
.drawn .figures dl { grid-template-columns: 1fr 1fr; }
.figures dt, .energies dt { color: var(--soft); font-size: .875rem; }
.figures dd { font-size: 1.6rem; line-height: 1.25; }
.figures dd span { display: block; font-size: .85rem; color: var(--soft); }

.flow { display: block; width: 100%; max-width: 27rem; height: auto; margin: 0 auto; }
.flow .link { fill: none; stroke: var(--line); stroke-width: 3; }
.flow .flows { stroke-width: 4; stroke-linecap: round; stroke-dasharray: .1 14; animation: flow 1.1s linear infinite; }
.flow .sun { --own: var(--sun); } .flow .battery { --own: var(--battery); } .flow .house { --own: var(--house); }
.flow .grid { --own: var(--grid); } .flow .stick { --own: var(--stick); }
.flow .flows { stroke: var(--own); }
.flow .hub { fill: var(--line); }
.flow .node circle { fill: var(--card); stroke: var(--own); stroke-width: 3; }
.flow .icon { fill: none; stroke: var(--own); stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.flow text { fill: var(--text); font-size: 15px; font-weight: 600; text-anchor: middle; }
@keyframes flow { from { stroke-dashoffset: 14.1; } to { stroke-dashoffset: 0; } }
@media (prefers-reduced-motion: reduce) { .flow .flows { animation: none; } }

div.below { margin-top: 1.25rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); align-items: start; gap: 1.25rem; }
.cards article { padding: 1.4rem 1.6rem; }
.cards article header { display: flex; justify-content: space-between; align-items: start; gap: 1rem; }
h3 { font-size: 1.05rem; font-weight: 650; overflow-wrap: anywhere; line-height: 1.3; }
article header p { color: var(--soft); font-size: .875rem; }
.power { display: flex; align-items: baseline; gap: .75rem; margin-top: .5rem; }
.power strong { font-size: 2.1rem; font-weight: 600; line-height: 1.2; }
.power span { color: var(--soft); font-size: .875rem; }
.curve { margin: .75rem 0 1rem; }
.curve svg { display: block; width: 100%; height: 8rem; border-bottom: 1px solid var(--line); overflow: visible; }
.curve .before { fill: light-dark(#e9e7e1, #2b2f35); }
.curve .area { fill: var(--sun); fill-opacity: .2; }
.curve .line, .curve .dot { fill: none; stroke: var(--sun); stroke-width: 2.25; vector-effect: non-scaling-stroke; stroke-linejoin: round; stroke-linecap: round; }
.curve .dot { stroke-width: 9; }
.curve .expected { fill: none; stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 5 4; vector-effect: non-scaling-stroke; }
.curve figcaption { color: var(--soft); font-size: .75rem; }
.hours { display: flex; justify-content: space-between; margin-top: .3rem; color: var(--soft); font-size: .75rem; }
.energies { display: grid; grid-template-columns: repeat(3, 1fr); gap: .75rem; }
.energies dd { font-size: 1.2rem; }
.energies small { font-size: .7em; }
.energies dd span { display: block; font-size: .75rem; color: var(--soft); }
.devices { list-style: none; margin-top: 1.1rem; border-top: 1px solid var(--line); }
.devices li { display: flex; align-items: baseline; gap: .7rem; padding-top: .75rem; }
.devices li > div { min-width: 0; overflow-wrap: anywhere; }
.devices b { font-size: .95rem; }
.devices p { font-size: .85rem; color: var(--soft); }
.devices .value { margin-left: auto; white-space: nowrap; font-weight: 600; }
code { font: .8rem ui-monospace, "SF Mono", Menlo, Consolas, monospace; color: var(--soft); }
.dot { flex: none; width: .6rem; height: .6rem; border-radius: 50%; background: currentColor; }
.curve .dot { background: none; }
.devices .fault, .devices .silent { color: var(--bad); }
.devices .ok.dot { color: var(--good); }
.devices .dot.waiting, .devices .dot.other { color: var(--wait); }
.devices .dot.asleep, .devices .dot.unknown { color: var(--soft); }
.badge { flex: none; padding: .15rem .7rem; border-radius: 1rem; font-size: .8rem; font-weight: 600; white-space: nowrap; background: var(--calm-back); color: var(--soft); }
.badge.ok { background: var(--good-back); color: var(--good); }
.badge.fault, .badge.silent, .badge.failing { background: var(--bad-back); color: var(--bad); }
.badge.waiting, .badge.other, .badge.starting, .badge.empty { background: var(--wait-back); color: var(--wait); }
.sources { list-style: none; padding: .25rem 1.6rem; }
.sources li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: .15rem 1rem; padding: .9rem 0; align-items: center; }
.sources li + li { border-top: 1px solid var(--line); }
.sources code { overflow-wrap: anywhere; }
.sources p { grid-column: 1 / -1; font-size: .875rem; }
.reads { color: var(--soft); }
.problem { color: var(--bad); overflow-wrap: anywhere; }

.search { display: flex; flex-wrap: wrap; gap: .5rem; margin: 0 0 1rem; }
.search label { width: 100%; color: var(--soft); font-size: .875rem; }
.search input { flex: 1 1 12rem; max-width: 26rem; padding: .55rem .9rem; font: inherit; color: inherit; background: var(--card); border: 1px solid light-dark(#8a8780, #6b7178); border-radius: .7rem; }
.search button { padding: .55rem 1.2rem; font: inherit; color: inherit; background: var(--calm-back); border: 1px solid var(--line); border-radius: .7rem; cursor: pointer; }
.table { overflow: hidden; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .65rem 1rem; text-align: left; vertical-align: baseline; }
thead th { color: var(--soft); font-size: .8rem; font-weight: 600; }
tbody tr { border-top: 1px solid var(--line); }
tbody th { font-weight: 600; overflow-wrap: anywhere; }
td:nth-child(n + 3), th:nth-child(n + 3) { text-align: right; white-space: nowrap; }
.words { color: var(--soft); font-size: .85rem; margin-left: .3rem; }
.low { display: block; color: var(--bad); font-size: .8rem; }
.pager { display: flex; justify-content: space-between; gap: 1rem; margin-top: 1rem; color: var(--soft); }
.back { margin: 0 0 1rem; }
footer { display: flex; flex-wrap: wrap; gap: .4rem 1.5rem; margin-top: 2.5rem; color: var(--soft); font-size: .875rem; }
footer nav { display: flex; flex-wrap: wrap; gap: .4rem 1.5rem; }
@media (max-width: 48rem) {
  body { padding: 1rem .9rem 2rem; }
  .top p { display: none; }
  .hero, .hero.drawn { grid-template-columns: minmax(0, 1fr); padding: 1.4rem 1.25rem; }
  .hero .figures { order: -1; }
  .figures dl { grid-template-columns: 1fr 1fr; margin-top: 1rem; }
  .cards article { padding: 1.2rem 1.25rem; }
  .sources { padding: .25rem 1.25rem; }
  table, tbody { display: block; }
  thead { display: none; }
  tbody tr { display: grid; grid-template-columns: 1fr 1fr; gap: .35rem 1rem; padding: .9rem 1.25rem; }
  tbody th, tbody td { padding: 0; }
  tbody th, tbody th + td { grid-column: 1 / -1; }
  .table tbody th ~ td + td { text-align: left; }
  tbody th ~ td + td::before { content: attr(data-title); display: block; font-size: .75rem; color: var(--soft); }
}
`;

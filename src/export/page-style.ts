/** The status page's style sheet: follows the reader's light or dark preference, cards instead of a table on a phone. */
export const style = `
:root {
  color-scheme: light dark;
  --back: light-dark(#f6f5f1, #15171a);
  --card: light-dark(#ffffff, #1e2125);
  --line: light-dark(#e2dfd7, #33373d);
  --text: light-dark(#22252a, #e6e6e3);
  --soft: light-dark(#62656b, #9ea2a9);
  --link: light-dark(#8a4b00, #f2b24c);
  --good: light-dark(#1b6e3c, #6fd39a);
  --bad: light-dark(#b3261e, #ff9a8f);
  --wait: light-dark(#7a5b00, #e8c65a);
}
* { box-sizing: border-box; }
body {
  max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 3rem;
  background: var(--back); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums;
}
header { border-top: .3rem solid #f0a020; padding-top: 1rem; }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.2; }
header p { margin: .25rem 0 1.5rem; color: var(--soft); }
h2 { margin: 1.5rem 0 .5rem; font-size: 1.1rem; }
h2 small { font-weight: normal; color: var(--soft); margin-left: .4rem; }
.note {
  padding: .6rem .9rem; border: 1px solid #f0a020; border-radius: .5rem;
  background: light-dark(#fff5df, #33290f);
}
table {
  width: 100%; border-collapse: separate; border-spacing: 0; overflow: hidden;
  background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
}
th, td { padding: .6rem .9rem; text-align: left; vertical-align: baseline; }
thead th { font-size: .8rem; font-weight: 600; color: var(--soft); }
tbody th { font-weight: 600; overflow-wrap: anywhere; }
tbody tr:first-child > * { border-top: 1px solid var(--line); }
.problem { padding-top: 0; color: var(--bad); overflow-wrap: anywhere; }
.state { font-weight: 600; white-space: nowrap; }
.state::before {
  content: ""; display: inline-block; width: .6rem; height: .6rem; margin-right: .45rem;
  border-radius: 50%; background: currentColor;
}
.ok { color: var(--good); }
.failing { color: var(--bad); }
.empty, .starting, .waiting { color: var(--wait); }
.circuit { color: var(--soft); font-size: .85rem; white-space: nowrap; }
nav { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .75rem; margin-top: 1.5rem; }
nav a {
  padding: .7rem .9rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  color: var(--soft); font-size: .85rem; text-decoration: none;
}
nav a:hover, nav a:focus-visible { border-color: var(--link); }
nav code { display: block; color: var(--link); font-size: .95rem; }
@media (max-width: 40rem) {
  body { padding-top: 1rem; }
  table, tbody { display: block; }
  thead { display: none; }
  tbody { padding: .7rem .9rem; }
  tbody + tbody { border-top: 1px solid var(--line); }
  tbody tr { display: grid; grid-template-columns: 1.6fr 1fr 1fr 1fr; gap: .4rem .5rem; }
  tbody tr > *, tbody tr:first-child > * { padding: 0; border: 0; }
  tbody th { grid-column: 1 / 3; }
  tbody th + td { grid-column: 3 / 5; text-align: right; }
  tbody th ~ td + td::before {
    content: attr(data-title); display: block; font-size: .75rem; color: var(--soft);
  }
  .problem { grid-column: 1 / -1; }
  tbody tr + tr { margin-top: .5rem; }
  nav { grid-template-columns: 1fr 1fr; }
}
`;

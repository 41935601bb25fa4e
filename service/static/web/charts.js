// Draws each chart from its table with uPlot, and folds the table. Pages work without it.
//
// A chart takes the focus: the arrow keys, Home and End move along it, and the line below it reads the values.

const HEIGHT = 220; // pixels
const SHADES = "(prefers-color-scheme: dark)";
const UNITS = [[1, "ms", 0.001], [60, "s", 1], [3600, "min", 60], [172_800, "h", 3600], [Infinity, "days", 86_400]];
const SIZES = [[1e9, "GB"], [1e6, "MB"], [1e3, "kB"]];
/** Steps of a duration's axis, in seconds. */
const DURATIONS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 7200, 14_400, 28_800, 86_400, 259_200, 604_800, 2_592_000];
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 1_000_000];

const colour = (token) => getComputedStyle(document.documentElement).getPropertyValue(token).trim();

function bytes(n) {
  const [size, unit] = SIZES.find(([size]) => n >= size) ?? [1, "B"];
  return `${Number((n / size).toFixed(1)).toLocaleString("en-GB")} ${unit}`;
}

function duration(seconds) {
  if (!seconds) return "0";
  const [, unit, size] = UNITS.find(([limit]) => seconds < limit);
  const amount = seconds / size;
  return `${amount < 9.95 && !Number.isInteger(amount) ? amount.toFixed(1) : Math.round(amount)} ${unit}`;
}

/** Steps and labels of the axis, and the least value at its top, for each format of a chart. */
const FORMATS = {
  number: { incrs: WHOLE, least: 4, format: (n) => n.toLocaleString("en-GB") },
  duration: { incrs: DURATIONS, least: 1, format: duration },
  bytes: { incrs: WHOLE.flatMap((n) => [n, n * 1e6]).sort((a, b) => a - b), least: 1000, format: bytes },
};

/** Read a table: the labels of its rows, and a series for each column that has a colour. */
function readTable(table) {
  const rows = [...table.tBodies[0].rows];
  const columns = [...table.tHead.rows[0].cells].map((cell, i) => ({ label: cell.textContent, token: cell.dataset.colour, i }));
  return {
    labels: rows.map((row) => row.cells[0].dataset.short),
    names: rows.map((row) => row.cells[0].textContent.trim()),
    texts: rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim())),
    columns,
    series: columns.filter((column) => column.token).map((column) => ({
      ...column,
      values: rows.map((row) => (row.cells[column.i].dataset.value === "" ? null : Number(row.cells[column.i].dataset.value))),
    })),
  };
}

/** Add up the series from the last to the first, so that each bar covers the upper part of the one before it. */
function stacked(series) {
  const sums = series[0].values.map(() => 0);
  return [...series].reverse().map((one) => ({ ...one, values: one.values.map((n, i) => (sums[i] += n)) })).reverse();
}

function legend(series) {
  const list = document.createElement("ul");
  list.className = "legend";
  for (const one of series) {
    const item = document.createElement("li");
    const mark = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const square = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [name, value] of Object.entries({ width: "100%", height: "100%", rx: 2, fill: colour(one.token) })) {
      square.setAttribute(name, value);
    }
    mark.setAttribute("aria-hidden", "true");
    mark.append(square);
    item.append(mark, one.label);
    list.append(item);
  }
  return list;
}

function options(chart, data, drawn, onMove) {
  const isBars = chart.dataset.kind === "bars";
  const { incrs, least, format } = FORMATS[chart.dataset.format] ?? FORMATS.number;
  const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: `12px ${getComputedStyle(chart).fontFamily}` };
  const last = data.labels.length - 1;
  return {
    width: chart.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: !isBars } },
    scales: { x: { time: false, range: [-0.6, last + 0.6] }, y: { range: (_, __, top) => [0, Math.max(least, top * 1.08)] } },
    axes: [
      { ...axis, size: 28, grid: { show: false }, incrs: [1, 2, 3, 4, 6, 7, 14, 30], space: 56, values: (_, splits) => splits.map((i) => data.labels[i] ?? "") },
      { ...axis, size: 64, incrs, values: (_, splits) => splits.map(format) },
    ],
    series: [
      {},
      ...drawn.map((one) => ({
        label: one.label,
        stroke: colour(one.token),
        width: isBars ? 0 : 2,
        fill: isBars ? colour(one.token) : undefined,
        paths: isBars ? uPlot.paths.bars({ size: [0.7, 48] }) : undefined,
        spanGaps: true,
        points: { show: !isBars, size: 5 },
      })),
    ],
    hooks: { setCursor: [onMove] },
  };
}

/** The values of one period in words, as in the table. */
function reading(data, i) {
  const values = data.columns.slice(1).map((column) => `${column.label} ${data.texts[i][column.i]}`);
  return `${data.names[i]}: ${values.join(" · ")}`;
}

function draw(chart) {
  const table = document.querySelector(`table[data-chart="${chart.id}"]`);
  const data = readTable(table);
  const drawn = chart.dataset.kind === "bars" ? stacked(data.series) : data.series;
  const output = document.createElement("output");
  output.className = "reading";
  output.textContent = "Point at the chart, or focus it and use the arrow keys, to read values.";
  chart.replaceChildren(legend(data.series));
  chart.hidden = false;
  const plot = new uPlot(
    options(chart, data, drawn, (u) => {
      if (u.cursor.idx != null) output.textContent = reading(data, u.cursor.idx);
    }),
    [data.labels.map((_, i) => i), ...drawn.map((one) => one.values)],
    chart,
  );
  chart.append(output);
  return plot;
}

function makeReadable(chart, plotOf) {
  const title = document.getElementById(`${chart.id}-title`).textContent;
  chart.tabIndex = 0;
  chart.setAttribute("role", "group");
  chart.setAttribute("aria-label", `Chart: ${title}. The table below has the same numbers.`);
  chart.addEventListener("keydown", (event) => {
    const plot = plotOf();
    const last = plot.data[0].length - 1;
    const at = plot.cursor.idx ?? last + 1;
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const i = Math.min(last, Math.max(0, to));
    plot.setCursor({ left: plot.valToPos(i, "x"), top: 0 });
  });
}

/** The charts on the page, by their elements, so that all are drawn again when the colours change. */
const plots = new Map();
const resizes = new ResizeObserver((entries) => {
  for (const { target } of entries) plots.get(target)?.setSize({ width: target.clientWidth, height: HEIGHT });
});

function show(chart) {
  plots.set(chart, draw(chart));
  makeReadable(chart, () => plots.get(chart));
  document.querySelector(`table[data-chart="${chart.id}"]`).closest("details").open = false;
  resizes.observe(chart);
}

/** Draw every chart of the page that is not drawn yet, and forget those that were taken out of the page. */
export function showCharts() {
  for (const [chart, plot] of plots) {
    if (chart.isConnected) continue;
    plot.destroy();
    resizes.unobserve(chart);
    plots.delete(chart);
  }
  for (const chart of document.querySelectorAll(".chart")) {
    if (!plots.has(chart)) show(chart);
  }
}

matchMedia(SHADES).addEventListener("change", () => {
  for (const [chart, plot] of plots) {
    plot.destroy();
    plots.set(chart, draw(chart));
  }
});

showCharts();

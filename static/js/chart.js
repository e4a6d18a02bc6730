// Draws a chart from the table inside each [data-chart]; the table stays, as the source anyone can read.
import { BarController, BarElement, CategoryScale, Chart, Legend, LinearScale, LineController, LineElement, PointElement, Tooltip } from "chart.js";

Chart.register(BarController, BarElement, CategoryScale, Legend, LinearScale, LineController, LineElement, PointElement, Tooltip);

Chart.defaults.font = { family: "arial, sans-serif", size: 14 };

// Told apart without colour: each series has its own dash and point, or its own filling.
const TILE = 12;
const FILLINGS = [
  () => {},
  (tile) => [-6, 0, 6, 12].forEach((x) => line(tile, x, TILE, x + TILE, 0)),
  (tile) => [[3, 3], [9, 9]].forEach(([x, y]) => tile.fillRect(x - 1.5, y - 1.5, 3, 3)),
  (tile) => [0, 6].forEach((y) => line(tile, 0, y + 3, TILE, y + 3)),
  // Two more than there are colours, so that a fifth and sixth series look like none before them.
  (tile) => [0, 6].forEach((x) => line(tile, x + 3, 0, x + 3, TILE)),
  (tile) => [[0, 0, TILE, TILE], [0, TILE, TILE, 0]].forEach((ends) => line(tile, ...ends)),
];
const DASHES = [[], [8, 4], [2, 3], [12, 4, 2, 4]];
const POINTS = ["circle", "rect", "triangle", "rectRot"];

const text = (cell) => cell.textContent.trim();

// An empty cell is a gap, never a nought; so is one that says in words that its number is hidden.
const number = (cell) => (text(cell) === "" || Number.isNaN(Number(text(cell))) ? null : Number(text(cell)));

function read(table) {
  const headings = [...table.tHead.rows[0].cells].slice(1).map(text);
  const rows = [...table.tBodies[0].rows];
  return {
    labels: rows.map((row) => text(row.cells[0])),
    series: headings.map((label, index) => ({
      label,
      data: rows.map((row) => number(row.cells[index + 1])),
    })),
  };
}

function palette(element) {
  const style = getComputedStyle(element);
  const colours = [1, 2, 3, 4].map((number) => style.getPropertyValue(`--app-chart-${number}`).trim());
  const variable = (name) => style.getPropertyValue(`--app-${name}`).trim();
  return { colours, ink: style.color, grid: variable("line"), paper: variable("surface") };
}

function line(tile, ...[fromX, fromY, toX, toY]) {
  tile.beginPath();
  tile.moveTo(fromX, fromY);
  tile.lineTo(toX, toY);
  tile.stroke();
}

function filling(index, colour, paper) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = TILE;
  const tile = canvas.getContext("2d");
  tile.fillStyle = colour;
  tile.fillRect(0, 0, TILE, TILE);
  tile.fillStyle = tile.strokeStyle = paper;
  tile.lineWidth = 2;
  FILLINGS[index % FILLINGS.length](tile);
  return tile.createPattern(canvas, "repeat");
}

function draw(holder) {
  const table = holder.querySelector("table");
  const { labels, series } = read(table);
  const { colours, ink, grid, paper } = palette(holder);
  const kind = holder.dataset.chart;
  const isStacked = kind === "stacked-bar";
  const frame = document.createElement("div");
  frame.className = "app-chart__frame";
  frame.setAttribute("aria-hidden", "true");
  const canvas = frame.appendChild(document.createElement("canvas"));
  holder.prepend(frame);
  const axis = { stacked: isStacked, ticks: { color: ink, precision: 0 }, grid: { color: grid } };
  new Chart(canvas, {
    type: kind === "line" ? "line" : "bar",
    data: {
      labels,
      datasets: series.map((one, index) => ({
        ...one,
        backgroundColor: kind === "line" ? colours[index % colours.length] : filling(index, colours[index % colours.length], paper),
        borderColor: kind === "line" ? colours[index % colours.length] : ink,
        borderWidth: kind === "line" ? 3 : 1,
        borderDash: kind === "line" ? DASHES[index % DASHES.length] : [],
        pointStyle: POINTS[index % POINTS.length],
        pointRadius: 5,
      })),
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      scales: { x: axis, y: { ...axis, beginAtZero: true, suggestedMax: Number(holder.dataset.top) || undefined } },
      plugins: { legend: { display: series.length > 1, labels: { color: ink, usePointStyle: kind === "line" } } },
    },
  });
}

document.querySelectorAll("[data-chart]").forEach(draw);

// The wind tunnel's sliders: each touch asks the prepared head counts and fills chart and tables in place.
"use strict";

const form = document.querySelector("[data-tunnel]");
const status = document.querySelector("[data-tunnel-status]");
let asking = null;

function fillTable(table, rows) {
  const heads = [...table.tHead.rows[0].cells].map((head) => head.textContent);
  const lines = rows.map((cells) => {
    const line = document.createElement("tr");
    cells.forEach((text, at) => {
      const cell = document.createElement("td");
      cell.textContent = text;
      cell.dataset.label = heads[at];
      if (at) cell.className = "amount";
      line.append(cell);
    });
    return line;
  });
  table.tBodies[0].replaceChildren(...lines);
}

function fill(found) {
  for (const [name, text] of Object.entries(found.sums)) {
    document.querySelector(`[data-tunnel-sum="${name}"]`).textContent = text;
  }
  for (const [name, table] of Object.entries(found.tables)) {
    const shown = document.querySelector(`[data-tunnel-table="${name}"]`);
    if (shown) fillTable(shown, table.rows);
  }
  document.querySelector("[data-tunnel-unrated]").textContent = found.unrated;
  document.querySelector("[data-tunnel-digest]").textContent = found.digest.slice(0, 16);
  const canvas = document.querySelector('[data-chart="tunnel-cost"]');
  window.echarts?.getInstanceByDom(canvas)?.setOption({
    xAxis: { data: found.chart.xAxis.data },
    series: found.chart.series,
  });
  const kept = document.querySelector('[name="query"]');
  if (kept) kept.value = new URLSearchParams(new FormData(form)).toString();
  for (const part of document.querySelectorAll("[data-tunnel-old]")) part.hidden = false;
}

async function ask() {
  asking?.abort();
  asking = new AbortController();
  const words = new URLSearchParams(new FormData(form));
  try {
    const answer = await fetch(`${form.dataset.tunnel}?${words}`, { signal: asking.signal });
    const found = await answer.json();
    status.textContent = answer.ok ? "" : status.dataset.fault;
    if (answer.ok) fill(found);
  } catch (fault) {
    if (fault.name !== "AbortError") status.textContent = status.dataset.silent;
  }
}

for (const slider of form?.querySelectorAll("[data-slides]") ?? []) {
  const field = form.elements[slider.dataset.slides];
  slider.hidden = false;
  if (field.value) slider.value = field.value.replaceAll(",", "");
  slider.addEventListener("input", () => {
    field.value = slider.value;
    ask();
  });
  field.addEventListener("input", () => {
    slider.value = field.value.replaceAll(",", "");
    ask();
  });
}

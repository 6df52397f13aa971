// Draw every [data-chart]: options come from the json_script it names; echarts is fetched on first need.
"use strict";

const echartsAddress = document.currentScript.dataset.echarts;
let echartsLoaded = null;

function loadEcharts() {
  echartsLoaded ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = echartsAddress;
    script.onload = () => resolve(window.echarts);
    script.onerror = reject;
    document.head.append(script);
  });
  return echartsLoaded;
}

const house = {
  color: ["#0b5f5c", "#c98a1b", "#1d5590", "#8a4b6d", "#5f7f2f", "#b92d1a", "#5a6774"],
  textStyle: { fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--tblr-font-sans-serif"), color: "#18212b" },
  grid: { left: 8, right: 40, top: 32, bottom: 8, containLabel: true },
  animation: false,
  aria: { enabled: true },
};

const quietAxis = {
  axisLine: { lineStyle: { color: "#b8c2ca" } },
  axisTick: { show: false },
  axisLabel: { color: "#44515e" },
  splitLine: { lineStyle: { color: "#ebeff1" } },
};

function styledAxes(axes) {
  if (!axes) return axes;
  return [].concat(axes).map((axis) => ({ ...quietAxis, ...axis }));
}

const grouped = new Intl.NumberFormat("en-US");

function styledSeries(series) {
  return [].concat(series ?? []).map((one) => {
    const label = one.label?.show && !one.label.formatter
      ? { ...one.label, formatter: (point) => grouped.format([].concat(point.value).at(-1)) }
      : one.label;
    return { labelLayout: { hideOverlap: true }, ...one, label };
  });
}

async function draw(canvas) {
  const option = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
  const echarts = await loadEcharts();
  const map = canvas.dataset.map && document.getElementById(canvas.dataset.map);
  if (map) echarts.registerMap(canvas.dataset.map, JSON.parse(map.textContent));
  const chart = echarts.init(canvas, null, { renderer: "svg" });
  const axes = { xAxis: styledAxes(option.xAxis), yAxis: styledAxes(option.yAxis) };
  chart.setOption({ ...house, ...option, ...axes, series: styledSeries(option.series) });
  new ResizeObserver(() => chart.resize()).observe(canvas);
  chart.on("click", (point) => {
    if (point.data && point.data.url) window.location.assign(point.data.url);
  });
}

function drawAll(root) {
  for (const canvas of root.querySelectorAll("[data-chart]:empty")) draw(canvas);
}

drawAll(document);
document.addEventListener("htmx:afterSettle", (event) => drawAll(event.target));

// Draws the charts of a page from the table that stands beside each: the numbers come from the server and are never summed here.
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent, AriaComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

echarts.use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, SVGRenderer]);

// Series after the first differ by colour and by the shape of their points.
const COLOURS = ["--tblr-primary", "--tblr-orange", "--tblr-green", "--tblr-purple", "--tblr-red", "--tblr-azure", "--tblr-lime", "--tblr-pink", "--tblr-yellow"];
const SYMBOLS = ["circle", "rect", "triangle", "diamond", "roundRect", "pin", "arrow"];

function colour(name: string): string {
  return getComputedStyle(document.body).getPropertyValue(name).trim();
}

function draw(figure: HTMLElement): void {
  const table = figure.querySelector("table");
  const place = figure.querySelector<HTMLElement>("[data-draw]");
  if (!table || !place) return;
  const rows = [...table.querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent?.trim() ?? ""));
  const heads = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent?.trim() ?? "");
  const several = heads.length > 2;
  const kind = figure.dataset.chart === "line" ? "line" : "bar";
  const text = colour("--tblr-body-color");
  const lines = colour("--tblr-border-color");
  const chart = echarts.init(place, null, { renderer: "svg" });
  chart.setOption({
    animation: false,
    aria: { enabled: true },
    grid: { left: 8, right: 16, top: several ? 12 : 36, bottom: several ? 64 : 8, containLabel: true },
    legend: several ? { type: "scroll", bottom: 0, textStyle: { color: text } } : undefined,
    tooltip: { trigger: "axis" },
    textStyle: { fontFamily: colour("--tblr-font-sans-serif"), color: text },
    xAxis: { type: "category", data: rows.map((row) => row[0]), axisLabel: { color: text }, axisLine: { lineStyle: { color: lines } } },
    yAxis: { type: "value", name: several ? "" : heads[1], nameTextStyle: { align: "left", color: text }, minInterval: 1, axisLabel: { color: text }, splitLine: { lineStyle: { color: lines } } },
    series: heads.slice(1).map((name, index) => ({
      type: kind,
      name,
      data: rows.map((row) => (row[index + 1] === "" ? null : Number((row[index + 1] ?? "").replaceAll(",", "")))),
      itemStyle: { color: colour(COLOURS[index % COLOURS.length] ?? "--tblr-primary") },
      symbol: SYMBOLS[index % SYMBOLS.length],
      barMaxWidth: 22,
    })),
  });
  new ResizeObserver(() => chart.resize()).observe(place);
}

document.querySelectorAll<HTMLElement>("figure[data-chart]").forEach(draw);

// Draws the charts of a page from the table that stands beside each: the numbers come from the server and are never summed here.
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, TooltipComponent, AriaComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

echarts.use([BarChart, LineChart, GridComponent, TooltipComponent, AriaComponent, SVGRenderer]);

function colour(name: string): string {
  return getComputedStyle(document.body).getPropertyValue(name).trim();
}

function draw(figure: HTMLElement): void {
  const table = figure.querySelector("table");
  const place = figure.querySelector<HTMLElement>("[data-draw]");
  if (!table || !place) return;
  const rows = [...table.querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent?.trim() ?? ""));
  const heads = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent?.trim() ?? "");
  const kind = figure.dataset.chart === "line" ? "line" : "bar";
  const text = colour("--tblr-body-color");
  const lines = colour("--tblr-border-color");
  const chart = echarts.init(place, null, { renderer: "svg" });
  chart.setOption({
    animation: false,
    aria: { enabled: true },
    grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
    tooltip: { trigger: "axis" },
    textStyle: { fontFamily: colour("--tblr-font-sans-serif"), color: text },
    xAxis: { type: "category", data: rows.map((row) => row[0]), axisLabel: { color: text }, axisLine: { lineStyle: { color: lines } } },
    yAxis: { type: "value", name: heads[1], nameTextStyle: { align: "left", color: text }, minInterval: 1, axisLabel: { color: text }, splitLine: { lineStyle: { color: lines } } },
    series: heads.slice(1).map((name, index) => ({
      type: kind,
      name,
      data: rows.map((row) => (row[index + 1] === "" ? null : Number((row[index + 1] ?? "").replaceAll(",", "")))),
      itemStyle: { color: colour("--tblr-primary") },
      barMaxWidth: 22,
    })),
  });
  new ResizeObserver(() => chart.resize()).observe(place);
}

document.querySelectorAll<HTMLElement>("figure[data-chart]").forEach(draw);

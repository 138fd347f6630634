// Puts what comes from npm into the Python package: the fonts of the reports, and the styles, scripts and fonts of the pages.
import { copyFile, mkdir, readFile, rm } from "node:fs/promises";

import * as esbuild from "esbuild";
import * as sass from "sass";

const REPORT_FONTS = "src/tanheng/reports/fonts";
const REPORT_SOURCE = "node_modules/@expo-google-fonts/noto-sans-sc";
const PAGES = "src/tanheng/platform/ui/static/ui";

async function reportFonts() {
  await mkdir(REPORT_FONTS, { recursive: true });
  await copyFile(`${REPORT_SOURCE}/400Regular/NotoSansSC_400Regular.ttf`, `${REPORT_FONTS}/NotoSansSC-Regular.ttf`);
  await copyFile(`${REPORT_SOURCE}/700Bold/NotoSansSC_700Bold.ttf`, `${REPORT_FONTS}/NotoSansSC-Bold.ttf`);
  await copyFile(`${REPORT_SOURCE}/LICENSE_FONT`, `${REPORT_FONTS}/LICENSE`);
}

const scss = {
  name: "scss",
  setup(build) {
    build.onLoad({ filter: /\.scss$/ }, ({ path }) => ({ contents: sass.compile(path).css, loader: "css" }));
  },
};

// The slices of the font name WOFF beside WOFF2; every browser that runs the pages reads WOFF2.
const onlyWoff2 = {
  name: "only-woff2",
  setup(build) {
    build.onLoad({ filter: /noto-sans-sc\/\d+\.css$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      return { contents: text.replaceAll(/, url\([^)]*\.woff\) format\('woff'\)/g, ""), loader: "css" };
    });
  },
};

async function pages() {
  await rm(PAGES, { recursive: true, force: true });
  await esbuild.build({
    entryPoints: { ui: "web/ui.ts", theme: "web/theme.ts", charts: "web/charts.ts" },
    bundle: true,
    minify: true,
    outdir: PAGES,
    assetNames: "fonts/[name]",
    loader: { ".woff2": "file" },
    plugins: [onlyWoff2, scss],
    target: ["chrome111", "firefox113", "safari16.4"],
    legalComments: "linked",
    logLevel: "warning",
  });
  await copyFile("node_modules/@fontsource/noto-sans-sc/LICENSE", `${PAGES}/fonts/LICENSE`);
  await copyFile("web/mark.svg", `${PAGES}/mark.svg`);
}

await reportFonts();
await pages();

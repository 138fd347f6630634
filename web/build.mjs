// Puts what comes from npm into the Python package: the fonts of the reports now, the pages' styles and scripts beside them.
import { copyFile, mkdir } from "node:fs/promises";

const FONTS = "src/tanheng/reports/fonts";
const SOURCE = "node_modules/@expo-google-fonts/noto-sans-sc";

async function fonts() {
  await mkdir(FONTS, { recursive: true });
  await copyFile(`${SOURCE}/400Regular/NotoSansSC_400Regular.ttf`, `${FONTS}/NotoSansSC-Regular.ttf`);
  await copyFile(`${SOURCE}/700Bold/NotoSansSC_700Bold.ttf`, `${FONTS}/NotoSansSC-Bold.ttf`);
  await copyFile(`${SOURCE}/LICENSE_FONT`, `${FONTS}/LICENSE`);
}

await fonts();

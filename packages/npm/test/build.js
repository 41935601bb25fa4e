/* Bundles the test apps into test/dist/apps.js, as a site's own build would. */

import { readFile } from "node:fs/promises";

import { build } from "esbuild";
import { compile, compileModule } from "svelte/compiler";

const svelte = {
  name: "svelte",
  setup({ onLoad }) {
    const load = (compiled) => async ({ path }) => {
      const source = await readFile(path, "utf8");
      return { contents: compiled(source, { filename: path, generate: "client" }).js.code, loader: "js" };
    };
    onLoad({ filter: /\.svelte$/ }, load(compile));
    onLoad({ filter: /\.svelte\.js$/ }, load(compileModule));
  },
};

await build({
  entryPoints: ["test/apps.ts"],
  outfile: "test/dist/apps.js",
  bundle: true,
  format: "esm",
  conditions: ["svelte", "browser"],
  define: { "process.env.NODE_ENV": '"production"', __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false" },
  plugins: [svelte],
  logLevel: "warning",
});

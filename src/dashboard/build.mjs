// Builds the dashboard: dist/index.html, and beside it a script, a style sheet, and the scripts that are loaded when they
// are needed, such as the words of a language. The name of each holds its hash.
// usage: node build.mjs DIST. Called by build.sh, which generates the types of the API first.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const dist = pathToFileURL(`${process.argv[2]}/`);
const result = await build({
	entryPoints: { app: "src/main.tsx" },
	absWorkingDir: new URL(".", import.meta.url).pathname,
	outdir: "dist",
	chunkNames: "app-[hash]",
	bundle: true,
	splitting: true,
	write: false,
	minify: true,
	format: "esm",
	target: ["chrome109", "firefox115", "safari16"],
	jsx: "automatic",
	jsxImportSource: "preact",
	legalComments: "none",
	charset: "utf8",
});

/** Writes a file, and beside it the two forms in which most browsers ask for it. */
function put(name, contents) {
	const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: contents.length } };
	writeFileSync(new URL(name, dist), contents);
	writeFileSync(new URL(`${name}.gz`, dist), gzipSync(contents, { level: 9 }));
	writeFileSync(new URL(`${name}.br`, dist), brotliCompressSync(contents, brotli));
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
let page = readFileSync(new URL("src/index.html", import.meta.url), "utf8");
for (const file of result.outputFiles) {
	const [own, kind] = basename(file.path).split(".");
	if (own !== "app") {
		put(`${own}.${kind}`, file.contents); // the script names it so
		continue;
	}
	const hash = createHash("sha256").update(file.contents).digest("hex").slice(0, 16);
	const name = `app-${hash}.${kind}`;
	put(name, file.contents);
	page = page.replace(`app.${kind}`, name);
}
put("index.html", Buffer.from(page));

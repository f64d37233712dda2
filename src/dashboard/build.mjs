// Builds the dashboard: dist/index.html, its style sheet, and its scripts, whose names hold their hash. The words of a
// language, and code that only some pages need, are scripts of their own. Fails if the first page needs too many bytes.
// usage: node build.mjs DIST. Called by build.sh, which generates the types of the API first.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const dist = pathToFileURL(`${process.argv[2]}/`);
const here = fileURLToPath(new URL(".", import.meta.url));

/** Each script that is fetched later begins with the first page's code, which is there already. So all of that code is one
 * script. Otherwise esbuild makes a script for each set of pages that share files, and the first page waits for fifteen.
 * `shared` are further sources for that script. */
const oneFirstScript = (shared) => ({
	name: "one-first-script",
	setup(build) {
		build.onResolve({ filter: /./ }, async ({ path, kind, resolveDir, namespace }) => {
			if (kind !== "dynamic-import") return undefined;
			const found = await build.resolve(path, { kind: "import-statement", resolveDir, namespace, importer: "" });
			return { path: relative(here, found.path), namespace: "later" };
		});
		build.onLoad({ filter: /./, namespace: "later" }, ({ path }) => ({
			contents: `import "./src/first"; export * from "./${path}";`,
			resolveDir: here,
		}));
		build.onLoad({ filter: /\/src\/first\.tsx$/ }, ({ path }) => ({
			contents: readFileSync(path, "utf8") + shared.map((source) => `import "../${source}";\n`).join(""),
			loader: "tsx",
		}));
	},
});

const bundle = (shared) => build({
	entryPoints: { app: "src/main.tsx" },
	plugins: [oneFirstScript(shared)],
	absWorkingDir: here,
	outdir: "dist",
	entryNames: "[name]-[hash]",
	chunkNames: "[name]-[hash]",
	bundle: true,
	splitting: true,
	metafile: true,
	write: false,
	minify: true,
	format: "esm",
	target: ["chrome109", "firefox115", "safari16"],
	jsx: "automatic",
	jsxImportSource: "preact",
	legalComments: "none",
	charset: "utf8",
});

/** The sources of shared scripts that are so small that a request for one takes longer than its bytes. */
function smallSources({ outputs }) {
	const small = Object.values(outputs).filter(({ entryPoint, bytes }) => !entryPoint && bytes < SMALL);
	return small.flatMap(({ inputs }) => Object.keys(inputs)).sort();
}

const SMALL = 1000; // bytes
const result = await bundle(smallSources((await bundle([])).metafile));

const FIRST_LOAD = 100_000; // bytes, compressed: what the sign-in form and the first page after it need

/** Writes a file, and beside it the two forms in which most browsers ask for it. Returns the size of the smaller one. */
function put(name, contents) {
	const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: contents.length } };
	const small = brotliCompressSync(contents, brotli);
	writeFileSync(new URL(name, dist), contents);
	writeFileSync(new URL(`${name}.gz`, dist), gzipSync(contents, { level: 9 }));
	writeFileSync(new URL(`${name}.br`, dist), small);
	return small.length;
}

/** The script that begins with a source file. */
function scriptOf(source) {
	return Object.entries(result.metafile.outputs).find(([, output]) => output.entryPoint?.endsWith(source))[0];
}

/** The names of a script and of the scripts without which it cannot run. */
function needed(script, found = new Set()) {
	found.add(basename(script));
	for (const { path, kind } of result.metafile.outputs[script].imports)
		if (kind === "import-statement" && !found.has(basename(path))) needed(path, found);
	return [...found];
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const sizes = new Map();
const entry = basename(scriptOf("src/main.tsx"));
for (const file of result.outputFiles)
	if (basename(file.path) !== entry) sizes.set(basename(file.path), put(basename(file.path), file.contents));
const sum = (names) => names.reduce((all, name) => all + sizes.get(name), 0);

const { cssBundle } = result.metafile.outputs[scriptOf("src/main.tsx")];
const styles = basename(cssBundle);
// The entry itself only imports this script.
const first = Object.entries(result.metafile.outputs).find(([, output]) => "src/first.tsx" in output.inputs)[0];
const [start, ...early] = needed(first);
// The scripts that each later script needs, by the name of its source, for src/ui/lazy.tsx.
const later = Object.values(result.metafile.outputs).filter((output) => output.entryPoint?.startsWith("later:"));
const needs = {};
for (const { entryPoint } of later) {
	const all = needed(scriptOf(entryPoint)).filter((name) => name !== start && !early.includes(name));
	if (all.length > 1) needs[basename(entryPoint).replace(/\.tsx?$/, "")] = all;
}
const page = readFileSync(new URL("src/index.html", import.meta.url), "utf8")
	.replace("app.css", styles)
	.replace(/(?=<script)/, early.map((name) => `<link rel="modulepreload" href="assets/${name}">\n`).join(""))
	.replace("app.js", start)
	.replace("{}", JSON.stringify(needs));
const words = ["en", "de"].map((language) => sizes.get(basename(scriptOf(`src/words/${language}.ts`))));
const load = put("index.html", Buffer.from(page)) + sum([styles, start, ...early]) + Math.max(...words);
console.log(`The first page needs ${load} bytes, all pages need ${sum([...sizes.keys()])}.`);
if (load > FIRST_LOAD) throw new Error(`The first page may need ${FIRST_LOAD} bytes: load code later with lazy().`);

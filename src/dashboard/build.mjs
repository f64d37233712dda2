// Builds the dashboard: dist/index.html, its style sheets, and its scripts, whose names hold their hash. The first script has
// the sign-in form. The app, the words of a language, and code that only some pages need, are scripts of their own. Fails if
// the sign-in form or the first page after it needs too many bytes.
// usage: node build.mjs DIST. Called by build.sh, which generates the types of the API first.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const dist = pathToFileURL(`${process.argv[2]}/`);
const here = fileURLToPath(new URL(".", import.meta.url));

/** Each script that is fetched later begins with the first script, and the scripts of pages also with the app, which are there
 * already. So the first script is one script, and so is the app. Otherwise esbuild makes a script for each set of pages that
 * share files, and the first page waits for fifteen. `shared` are further sources for the app. */
const twoScripts = (shared) => ({
	name: "two-scripts",
	setup(build) {
		build.onResolve({ filter: /./ }, async ({ path, kind, resolveDir, namespace }) => {
			if (kind !== "dynamic-import") return undefined;
			const found = await build.resolve(path, { kind: "import-statement", resolveDir, namespace, importer: "" });
			return { path: relative(here, found.path), namespace: "later" };
		});
		build.onLoad({ filter: /./, namespace: "later" }, ({ path }) => ({
			contents: `import "./src/first"; ${path.startsWith("src/words/") ? "" : 'import "./src/app";'} export * from "./${path}";`,
			resolveDir: here,
		}));
		build.onLoad({ filter: /\/src\/app\.tsx$/ }, ({ path }) => ({
			contents: readFileSync(path, "utf8") + shared.map((source) => `import "../${source}";\n`).join(""),
			loader: "tsx",
		}));
	},
});

const bundle = (shared) => build({
	entryPoints: ["src/first.tsx", "src/style/first.css", "src/style/app.css"],
	plugins: [twoScripts(shared)],
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

// Bytes, compressed: what the sign-in form needs, and what it and the first page after it need.
const SIGN_IN = 20_000, FIRST_LOAD = 100_000;

/** Writes a file, and beside it the two forms in which most browsers ask for it. Returns the size of the smaller one. */
function put(name, contents) {
	const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: contents.length } };
	const small = brotliCompressSync(contents, brotli);
	writeFileSync(new URL(name, dist), contents);
	writeFileSync(new URL(`${name}.gz`, dist), gzipSync(contents, { level: 9 }));
	writeFileSync(new URL(`${name}.br`, dist), small);
	return small.length;
}

/** The file that begins with a source. */
function fileOf(source) {
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
const entry = basename(fileOf("src/first.tsx")); // it only imports the first script
for (const file of result.outputFiles)
	if (basename(file.path) !== entry) sizes.set(basename(file.path), put(basename(file.path), file.contents));
const sum = (names) => names.reduce((all, name) => all + sizes.get(name), 0);

const outputs = Object.entries(result.metafile.outputs);
const [start, app] = ["src/first.tsx", "src/app.tsx"].map((source) => basename(outputs.find(([, { inputs }]) => source in inputs)[0]));

/** The files that a source needs besides the first script, and besides the app if it is a page: for src/ui/lazy.tsx. */
const needs = {};
for (const { entryPoint } of Object.values(result.metafile.outputs).filter((output) => output.entryPoint?.startsWith("later:"))) {
	const name = basename(entryPoint).replace(/\.tsx?$/, "");
	needs[name] = needed(fileOf(entryPoint)).filter((file) => file !== start && (file !== app || name === "app"));
}
needs.app.push(basename(fileOf("src/style/app.css")));
const styles = basename(fileOf("src/style/first.css"));
const page = readFileSync(new URL("src/index.html", import.meta.url), "utf8")
	.replace("first.css", styles)
	.replace("first.js", start)
	.replace("{}", JSON.stringify(needs));
const words = ["en", "de"].map((language) => sum(needs[language]));
const form = put("index.html", Buffer.from(page)) + sum([styles, start]);
const load = form + sum(needs.app) + Math.max(...words);
console.log(`The sign-in form needs ${form} bytes, the first page ${load}, all pages ${sum([...sizes.keys()])}.`);
if (form > SIGN_IN) throw new Error(`The sign-in form may need ${SIGN_IN} bytes: import code in src/app.tsx instead of src/first.tsx.`);
if (load > FIRST_LOAD) throw new Error(`The first page may need ${FIRST_LOAD} bytes: load code later with lazy().`);

// Finds lines of a CSV file by their number, as the server counts them, without holding the file in memory.
const QUOTE = '"';

/** Reads CSV piece by piece, and gives the cells of each record that begins on a wanted line to `take`. */
class Reader {
	private line = 1; // where the reader is
	private from = 1; // where the record began
	private cells: string[] = [];
	private text = "";
	private place: "start" | "cell" | "quotes" | "quote" = "start";
	private afterCr = false;

	constructor(
		private readonly separator: string,
		private readonly wanted: (line: number) => boolean,
		private readonly take: (line: number, cells: string[]) => void,
	) {}

	private endCell(): void {
		if (this.wanted(this.from)) this.cells.push(this.text);
		this.text = "";
		this.place = "cell";
	}

	private endRecord(): void {
		this.endCell();
		if (this.wanted(this.from)) this.take(this.from, this.cells);
		this.cells = [];
		this.place = "start";
	}

	private plain(c: string): void {
		const fresh = this.text === "" && this.place !== "quote";
		if (c === this.separator) this.endCell();
		else if (c === QUOTE && fresh) this.place = "quotes";
		else {
			this.text += c;
			this.place = "cell";
		}
	}

	private char(c: string): void {
		const secondHalf = c === "\n" && this.afterCr;
		const quoted = this.place === "quotes";
		if (this.place === "start") this.from = this.line;
		this.afterCr = c === "\r";
		if ((c === "\n" && !secondHalf) || c === "\r") this.line++;
		if (quoted && c === QUOTE) this.place = "quote";
		else if (quoted) this.text += c;
		else if (this.place === "quote" && c === QUOTE) {
			this.text += c;
			this.place = "quotes";
		} else if (secondHalf) return;
		else if (c === "\n" || c === "\r") this.endRecord();
		else this.plain(c);
	}

	feed(piece: string): void {
		for (const c of piece) this.char(c);
	}

	end(): void {
		if (this.place !== "start") this.endRecord();
	}
}

/** How the file is written: a mark at its beginning, else UTF-8, or Windows-1252 where the server read it so. */
async function decoderOf(file: File, windows1252: boolean): Promise<TextDecoderStream> {
	const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
	if (head[0] === 0xff && head[1] === 0xfe) return new TextDecoderStream("utf-16le");
	if (head[0] === 0xfe && head[1] === 0xff) return new TextDecoderStream("utf-16be");
	return new TextDecoderStream(windows1252 ? "windows-1252" : "utf-8");
}

/** The cells of the first line and of these lines. A line that the file does not have is left out. */
export async function rowsOf(file: File, lines: Set<number>, separator: string, windows1252: boolean) {
	const found = new Map<number, string[]>();
	let head: string[] | undefined;
	const reader = new Reader(
		separator,
		(line) => head === undefined || lines.has(line),
		(line, cells) => {
			const before = cells.join("") === "" || cells[0]?.startsWith("sep=");
			if (head === undefined && before) return;
			if (head === undefined) head = cells;
			else found.set(line, cells);
		},
	);
	const text = file.stream().pipeThrough(await decoderOf(file, windows1252)).getReader();
	for (let piece = await text.read(); !piece.done; piece = await text.read()) reader.feed(piece.value);
	reader.end();
	return { head: head ?? [], found };
}

// How many rows a page of a long list has. The first page fills a screen and arrives soon, so the reader sees the list early.
const FIRST_PAGE = window.innerWidth < 768 ? 16 : 40, NEXT_PAGES = 100;

/** How many rows the page at a cursor has, for the query of a call. */
export const perPage = (cursor: number | undefined): number => (cursor === undefined ? FIRST_PAGE : NEXT_PAGES);

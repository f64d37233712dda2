// Parts of a page that load by themselves are shown together at first, so that none of them pushes another down.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Skeleton } from "./parts";

/** For a part: tells the page that its first content, or its problem, is here. */
export function useArrival(arrived: () => void, here: boolean): void {
	useEffect(() => {
		if (here) arrived();
	}, [here]);
}

/** Shows its children once `parts` of them have arrived and the page's own content is `here`. */
export function Together(props: {
	parts: number;
	here: boolean;
	height: number;
	children: (arrived: () => void) => ComponentChildren;
}) {
	const { parts, here, height, children } = props;
	const [arrived, setArrived] = useState(0);
	const shown = useRef(false);
	shown.current ||= here && arrived >= parts;
	return (
		<>
			{!shown.current && <Skeleton height={height} />}
			<div class="sections" hidden={!shown.current}>
				{children(() => setArrived((n) => n + 1))}
			</div>
		</>
	);
}

/* SPDX-License-Identifier: GPL-2.0 */
"use strict";
/*
 * The filter of a table of tests. Its state is the hash of the address, so that a link can carry it. A row has the values
 * of each group of boxes, separated by blanks, in the attribute of the group's name; one that tells nothing new is folded
 * away until #unfold is checked, where the page has that.
 */
(() => {
	const filters = document.getElementById("filters");
	const text = document.getElementById("text");
	const shown = document.getElementById("shown");
	const unfold = document.getElementById("unfold");
	const boxes = [...filters.querySelectorAll("fieldset input[type=checkbox]")];
	const groups = [...new Set(boxes.map(box => box.name))];
	const cases = [...document.querySelectorAll("#tests tbody")].map(body => {
		const [head, ...rows] = body.rows;
		const name = head.querySelector("code").textContent;
		return {body, tests: rows.map(row => ({
			row,
			values: Object.fromEntries(groups.map(group => [group, row.dataset[group].split(" ")])),
			foldable: "same" in row.dataset,
			text: `${name}/${row.textContent.trim()}`.toLowerCase(),
		}))};
	});

	function show(chosen, words) {
		let visible = 0, folded = 0, all = 0;
		for (const {body, tests} of cases) {
			let here = 0;
			for (const test of tests) {
				const wanted = chosen.every(([group, values]) => values.some(v => test.values[group].includes(v))) &&
					words.every(word => test.text.includes(word));
				const fold = wanted && test.foldable && unfold && !unfold.checked;
				test.row.hidden = !wanted || fold;
				here += !test.row.hidden;
				folded += fold;
			}
			body.hidden = !here;
			visible += here;
			all += tests.length;
		}
		const said = chosen.map(([group, values]) => ` ${group} ${values.join(" or ")}`).join(",") +
			(words.length ? ` with ${words.map(word => `\u201c${word}\u201d`).join(" and ")}` : "");
		shown.textContent = (visible === all && !said ? `all ${all} tests` : `${visible} of ${all} tests`) +
			(said ? `:${said}` : "") + (folded ? `; ${folded} that every kernel passes folded away` : "");
		document.body.classList.toggle("filtered", said || folded);
	}

	const words = () => text.value.toLowerCase().split(/\s+/).filter(Boolean);

	function from_hash() {
		const state = new URLSearchParams(location.hash.slice(1));
		const ours = ["text", "unfold", ...groups].some(name => state.has(name));
		/* A link to a place in the page leaves the table as it is. */
		if (!ours && location.hash.length > 1)
			return;
		const chosen = groups.map(group => [group, (state.get(group) || "").split(",").filter(Boolean)])
			.filter(([, values]) => values.length);
		const choices = Object.fromEntries(chosen);
		text.value = state.get("text") || "";
		for (const box of boxes)
			box.checked = (choices[box.name] || []).includes(box.value);
		if (unfold)
			unfold.checked = state.has("unfold");
		show(chosen, words());
		if (ours)
			document.getElementById("all").scrollIntoView();
	}

	function from_controls() {
		const chosen = groups.map(group => [group,
			boxes.filter(box => box.name === group && box.checked).map(box => box.value)])
			.filter(([, values]) => values.length);
		const state = chosen.map(([group, values]) => `${group}=${values.join(",")}`);
		if (text.value.trim())
			state.push(`text=${encodeURIComponent(text.value.trim())}`);
		if (unfold && unfold.checked)
			state.push("unfold=1");
		history.replaceState(null, "", `#${state.join("&")}`);
		show(chosen, words());
	}

	text.addEventListener("input", from_controls);
	for (const box of unfold ? [...boxes, unfold] : boxes)
		box.addEventListener("change", from_controls);
	document.getElementById("reset").addEventListener("click", () => {
		text.value = "";
		for (const box of boxes)
			box.checked = false;
		from_controls();
	});
	window.addEventListener("hashchange", from_hash);
	filters.hidden = shown.hidden = false;
	from_hash();
})();

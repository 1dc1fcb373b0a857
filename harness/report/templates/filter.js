/* SPDX-License-Identifier: GPL-2.0 */
"use strict";
/* The filter of the table of all tests. Its state is the hash of the address, so that a link can carry it. */
(() => {
	const filters = document.getElementById("filters");
	const text = document.getElementById("text");
	const shown = document.getElementById("shown");
	const boxes = [...filters.querySelectorAll("input[type=checkbox]")];
	const cases = [...document.querySelectorAll("#tests tbody")].map(body => {
		const [head, ...rows] = body.rows;
		const name = head.querySelector("code").textContent;
		return {body, tests: rows.map(row => ({
			row,
			verdict: row.dataset.verdict,
			text: `${name}/${row.textContent.trim()}`.toLowerCase(),
		}))};
	});

	function show(verdicts, words) {
		let visible = 0, all = 0;
		for (const {body, tests} of cases) {
			let here = 0;
			for (const test of tests) {
				const wanted = (!verdicts.length || verdicts.includes(test.verdict)) &&
					words.every(word => test.text.includes(word));
				test.row.hidden = !wanted;
				here += wanted;
			}
			body.hidden = !here;
			visible += here;
			all += tests.length;
		}
		const active = verdicts.length || words.length;
		shown.textContent = !active ? `all ${all} tests` : `${visible} of ${all} tests:` +
			(verdicts.length ? ` verdict ${verdicts.join(" or ")}` : "") +
			(words.length ? ` with ${words.map(word => `\u201c${word}\u201d`).join(" and ")}` : "");
		document.body.classList.toggle("filtered", active);
	}

	const words = () => text.value.toLowerCase().split(/\s+/).filter(Boolean);

	function from_hash() {
		const state = new URLSearchParams(location.hash.slice(1));
		const verdicts = (state.get("verdict") || "").split(",").filter(Boolean);
		text.value = state.get("text") || "";
		for (const box of boxes)
			box.checked = verdicts.includes(box.value);
		show(verdicts, words());
		if (state.has("verdict") || state.has("text"))
			document.getElementById("all").scrollIntoView();
	}

	function from_controls() {
		const verdicts = boxes.filter(box => box.checked).map(box => box.value);
		const state = [];
		if (verdicts.length)
			state.push(`verdict=${verdicts.join(",")}`);
		if (text.value.trim())
			state.push(`text=${encodeURIComponent(text.value.trim())}`);
		history.replaceState(null, "", `#${state.join("&")}`);
		show(verdicts, words());
	}

	text.addEventListener("input", from_controls);
	for (const box of boxes)
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

"use strict";
// Hides the items, here and in the table of contents, in whose heading what is typed does not occur.
const filter = document.getElementById("filter");
filter.addEventListener("input", () => {
    const typed = filter.value.trim().toLowerCase();
    for (const item of document.querySelectorAll("section.item")) {
        const heading = item.querySelector("h3").textContent + item.querySelector("dl").textContent;
        const there = heading.toLowerCase().includes(typed);
        item.hidden = !there;
        const link = document.querySelector(`nav a[href="#${item.id}"]`);
        link.parentElement.hidden = !there;
    }
});

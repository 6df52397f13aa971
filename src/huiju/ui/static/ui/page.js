// Comforts for pages that work without them: menus that close, the drawer, file names, batch picks.
"use strict";

const drawer = () => document.getElementById("drawer");

document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.menu[open], details.confirm[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
  if (event.target === drawer()) drawer().close();
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).textContent.trim()).then(() => {
      copy.querySelector("span").textContent = copy.dataset.copied;
    });
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details.menu[open], details.confirm[open]")) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});

// A number's link opens its page in the drawer; with a modifier key it opens as the browser likes.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.figure, a[data-drawer]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  document.getElementById("drawer-page").href = link.href;
  htmx.ajax("GET", link.href, { source: link, target: "#drawer-body", select: "#content > *", swap: "innerHTML" });
});

document.addEventListener("htmx:afterSwap", (event) => {
  const body = event.detail.target;
  if (body.id !== "drawer-body") return;
  // Filters and pagers of a page shown in the drawer lead to the page itself.
  for (const part of body.querySelectorAll("[hx-push-url]")) {
    for (const name of part.getAttributeNames()) if (name.startsWith("hx-")) part.removeAttribute(name);
  }
  body.scrollTop = 0;
  if (!drawer().open) drawer().showModal();
});

// A page that the server refuses to give as a part is opened whole, so that its reason is read.
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.requestConfig.verb === "get") {
    window.location.assign(event.detail.pathInfo.requestPath);
  }
});

document.addEventListener("dragover", (event) => {
  event.target.closest?.(".file-drop input")?.classList.add("over");
});
for (const ending of ["dragleave", "drop"]) {
  document.addEventListener(ending, (event) => {
    event.target.closest?.(".file-drop input")?.classList.remove("over");
  });
}

// Batch picks: the box in the head picks all rows of the page; the bar says how many are picked.
document.addEventListener("change", (event) => {
  const list = event.target.closest("[data-list]");
  if (!list || !event.target.matches(".pick input")) return;
  const rows = [...list.querySelectorAll("tbody .pick input")];
  const all = list.querySelector("thead .pick input");
  if (event.target === all) rows.forEach((box) => { box.checked = all.checked; });
  for (const box of rows) box.closest("tr").classList.toggle("chosen", box.checked);
  const picked = rows.filter((box) => box.checked).length;
  if (all) all.checked = picked === rows.length;
  const tally = list.querySelector("[data-picked]");
  if (tally) tally.textContent = picked;
});

// A form sent once is not sent again by an impatient second press.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => { delete form.dataset.sent; }, 3000);
});

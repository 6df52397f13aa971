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

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target.id === "drawer-body") {
    document.getElementById("drawer-page").href = event.detail.pathInfo.requestPath;
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "drawer-body" && !drawer().open) drawer().showModal();
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

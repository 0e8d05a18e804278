// Steps by key through what the page links anyway: n or the right arrow to the next, p or the left arrow back.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, select, textarea, .wide")) return;
  const rel = { n: "next", ArrowRight: "next", p: "prev", ArrowLeft: "prev" }[event.key];
  const link = rel && document.querySelector(`a[rel="${rel}"]`);
  if (link) link.click();
});

// The report: contents that follow the reader, and the way back to where reading stopped. Without it all links work.
(() => {
  const links = [...document.querySelectorAll(".toc nav a")];
  const targets = links.map((link) => document.getElementById(link.hash.slice(1)));
  const passages = [...document.querySelectorAll(".passage[id]")];
  const key = `reading ${location.pathname}`;
  const kept = (value) => { try { return value ? localStorage.setItem(key, value) : localStorage.getItem(key); } catch { return null; } };
  const passed = (nodes) => nodes.findLastIndex((node) => node && node.getBoundingClientRect().top < innerHeight / 3);
  const [back, was] = [document.querySelector("[data-continue]"), kept()];
  if (back && was && !location.hash && document.getElementById(was) && was !== passages[0].id) {
    const link = back.querySelector("a");
    link.href = `#${was}`;
    link.append(`: ${document.getElementById(was).getAttribute("aria-label")}`);
    back.hidden = false;
  }
  let waits = false;
  const follow = () => {
    waits = false;
    const here = Math.max(0, passed(targets));
    links.forEach((link, n) => (n === here ? link.setAttribute("aria-current", "location") : link.removeAttribute("aria-current")));
    const at = passages[passed(passages)];
    if (at) kept(at.id);
  };
  addEventListener("scroll", () => { if (!waits) { waits = true; requestAnimationFrame(follow); } }, { passive: true });
  follow();
})();

// What a reader would meet on the open page, measured: evaluated in the page, used by browser.py.
// Every length is in CSS pixels of the document (scrolling added); faults are sentences.
window.probe = (() => {
  const near = 1; // a pixel of rounding

  const name = element =>
    element.id ? `#${element.id}` : `${element.tagName.toLowerCase()} “${words(element).slice(0, 40)}”`;
  const words = element => element.textContent.replace(/\s+/g, " ").trim();
  const onPage = box => ({
    left: box.left + scrollX, top: box.top + scrollY, width: box.width, height: box.height,
    right: box.right + scrollX, bottom: box.bottom + scrollY,
  });

  function* ancestors(element) {
    for (let each = element; each; each = each.parentElement) yield each;
  }

  function* texts(element) {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode())
      if (walker.currentNode.data.trim()) yield walker.currentNode;
  }

  // --- colours -----------------------------------------------------------------------------

  const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  function rgba(colour) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  }
  const over = (top, under) => top.map((each, i) => (i < 3 ? each * top[3] / 255 + under[i] * (1 - top[3] / 255) : 255));

  // The colour behind an element: every background from the page up, laid over each other.
  function behind(element) {
    const canvasColour = rgba("Canvas");
    return [...ancestors(element)].reverse()
      .reduce((under, each) => over(rgba(getComputedStyle(each).backgroundColor), under), canvasColour);
  }

  function luminance(colour) { // WCAG 2.2, relative luminance
    const [red, green, blue] = colour.slice(0, 3)
      .map(each => each / 255).map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }
  function contrast(one, other) {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  }

  function lowContrast(least) {
    const faults = [];
    for (const element of new Set([...texts(document.body)].map(text => text.parentElement))) {
      if (!element.checkVisibility()) continue;
      const background = behind(element);
      const ratio = contrast(over(rgba(getComputedStyle(element).color), background), background);
      if (ratio < least) faults.push(`${name(element)} has a contrast of ${ratio.toFixed(2)}:1`);
    }
    return faults;
  }

  // --- blocks ------------------------------------------------------------------------------

  // Where the lines of each block are, and what computed style says against their being seen.
  function blocks(ids) {
    const lines = [], faults = [];
    for (const id of ids) {
      const element = document.getElementById(id);
      if (!element) { faults.push(`#${id} is missing`); continue; }
      if (!element.checkVisibility({opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true}))
        faults.push(`#${id} is not visible`);
      // Words that are clipped away may lie over others, whose ink would then stand for theirs.
      for (const each of ancestors(element)) {
        const {clip, clipPath} = getComputedStyle(each);
        if (clip !== "auto" || clipPath !== "none") faults.push(`#${id} is clipped`);
      }
      if (element.localName === "img") {
        if (!element.complete || !element.naturalWidth) faults.push(`#${id} shows no picture`);
        lines.push({id, ...onPage(element.getBoundingClientRect())});
        continue;
      }
      let any = false;
      for (const text of texts(element)) {
        const range = document.createRange();
        range.selectNodeContents(text);
        const style = getComputedStyle(text.parentElement);
        if (parseFloat(style.fontSize) < 9) faults.push(`#${id} is set in ${style.fontSize}`);
        for (const box of range.getClientRects()) {
          any = true;
          lines.push({id, ...onPage(box)});
        }
      }
      if (!any) faults.push(`#${id} has no box`);
    }
    return {lines, faults};
  }

  // Scroll every box that scrolls sideways by most of its width; false where all are at their end.
  function scrollOn() {
    let moved = false;
    for (const element of document.body.querySelectorAll("*")) {
      if (element.scrollWidth <= element.clientWidth || getComputedStyle(element).overflowX === "visible") continue;
      const before = element.scrollLeft;
      element.scrollLeft += element.clientWidth * 0.8;
      moved ||= element.scrollLeft !== before;
    }
    return moved;
  }

  // Words cut off: beyond the page's edge, in a box too small for them, or under the next block.
  function clipped(ids) {
    const faults = [];
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > width + near)
      faults.push(`the page scrolls sideways: ${document.documentElement.scrollWidth} in ${width}`);
    for (const element of document.body.querySelectorAll("*")) {
      const style = getComputedStyle(element);
      const cuts = value => value === "hidden" || value === "clip";
      if (cuts(style.overflowX) && element.scrollWidth > element.clientWidth + near
          || cuts(style.overflowY) && element.scrollHeight > element.clientHeight + near)
        faults.push(`${name(element)} cuts its words off`);
      const scrolls = value => value === "auto" || value === "scroll";
      // WCAG 1.4.10 lets a data table scroll; whoever uses a keyboard must be able to scroll it, too.
      if (scrolls(style.overflowX) && element.scrollWidth > element.clientWidth + near
          && !(element.tabIndex === 0 && element.querySelector("table")))
        faults.push(`${name(element)} scrolls sideways`);
    }
    const {lines, faults: lost} = blocks(ids);
    const inTable = new Set([...document.querySelectorAll("table [id]")].map(each => each.id));
    for (const line of lines)
      if (!inTable.has(line.id) && (line.left < -near || line.right > width + near))
        faults.push(`#${line.id} runs over the edge of the page`);
    const inked = new Map(); // block -> the box around its lines, which may be larger than its own
    for (const line of lines) {
      const box = inked.get(line.id) ?? {left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity};
      inked.set(line.id, {
        left: Math.min(box.left, line.left), top: Math.min(box.top, line.top),
        right: Math.max(box.right, line.right), bottom: Math.max(box.bottom, line.bottom),
      });
    }
    const boxes = [...inked];
    for (let i = 1; i < boxes.length; i++) {
      const [[id, one], [next, other]] = [boxes[i - 1], boxes[i]];
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (across > near && down > near) faults.push(`#${id} lies over #${next}`);
    }
    return [...faults, ...lost];
  }

  // --- links and keys ----------------------------------------------------------------------

  const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex^='-'])";
  const focusable = () => [...document.querySelectorAll(FOCUSABLE)].filter(each => each.checkVisibility());

  // The part of an element that is on the screen and not under anything else, at its first line.
  function obscured(element) {
    for (const box of element.getClientRects()) {
      const x = (Math.max(box.left, 0) + Math.min(box.right, innerWidth)) / 2;
      const y = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
      if (x <= 0 || y <= 0 || x >= innerWidth || y >= innerHeight) continue;
      if (element.contains(document.elementFromPoint(x, y))) return false;
    }
    return true;
  }

  function inSight(selector) {
    const element = document.querySelector(selector);
    const box = element.getBoundingClientRect();
    return box.top >= -near && box.top < innerHeight && !obscured(element);
  }

  // What the focus is on, and what is wrong with the way it is shown.
  function focus() {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const faults = [];
    const width = parseFloat(style.outlineWidth);
    // WCAG 2.4.13: at least 2 px thick, at least 3:1 against what is around.
    if (style.outlineStyle === "none" || width < 2) faults.push(`${name(element)} has no outline in focus`);
    else if (contrast(over(rgba(style.outlineColor), behind(element)), behind(element.parentElement)) < 3)
      faults.push(`${name(element)} has a faint outline in focus`);
    if (obscured(element)) faults.push(`${name(element)} is out of sight in focus`);
    return {at: focusable().indexOf(element), name: name(element), faults};
  }

  // A link is inside a sentence where its block has other words than its own, or is a fact of a list of facts.
  function small(control, inSentence) {
    const faults = [];
    for (const link of focusable()) {
      const block = link.closest("p, li, dd, dt, td, th, h1, h2, h3, h4, caption, figcaption, main, body");
      const own = words(block) === words(link) && !["DD", "TD"].includes(block.tagName);
      const alone = link.closest("nav") || own || !["A"].includes(link.tagName);
      const least = alone ? control : inSentence;
      const boxes = [...link.getClientRects()];
      const height = Math.max(...boxes.map(box => box.height)), width = Math.max(...boxes.map(box => box.width));
      if (height < least - 0.01 || width < (alone ? control : inSentence) - 0.01)
        faults.push(`${name(link)} in ${name(block)} is ${width.toFixed(1)} by ${height.toFixed(1)}, not ${least}`);
    }
    return faults;
  }

  return {blocks, scrollOn, clipped, lowContrast, focus, inSight, small, count: () => focusable().length};
})();

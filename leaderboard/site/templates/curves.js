for (const figure of document.querySelectorAll("figure.curves")) {
  const svg = figure.querySelector("svg[data-box]");
  const curves = JSON.parse(figure.querySelector("script").textContent);
  const said = figure.querySelector(".reading");
  const [left, right, bottom, top] = svg.dataset.box.split(" ").map(Number);
  const [first, last] = svg.dataset.ends.split(" ").map(Number);
  const steps = curves.reduce((longest, curve) => (curve.steps.length > longest.length ? curve.steps : longest), []);
  const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
  line.classList.add("at");
  svg.append(line);
  let place = steps.length;

  const round = value => value.toFixed(2);
  const show = to => {
    place = Math.max(0, Math.min(steps.length - 1, to));
    const step = steps[place];
    const { width, height } = svg.viewBox.baseVal;
    const x = width * (left + (right - left) * (step - first) / (last - first));
    for (const [name, value] of [["x1", x], ["x2", x], ["y1", height * (1 - top)], ["y2", height * (1 - bottom)]]) line.setAttribute(name, value);
    const scores = curves.flatMap(curve => {
      const at = curve.steps.indexOf(step);
      if (at < 0) return [];
      const band = curve.band ? ` (${round(curve.band[0][at])} – ${round(curve.band[1][at])})` : "";
      return [`${curve.agent} ${round(curve.mean[at])}${band}`];
    });
    said.textContent = `At ${step.toLocaleString("en")} steps: ${scores.join("; ")}`;
  };

  svg.addEventListener("pointermove", event => {
    const box = svg.getBoundingClientRect();
    const share = ((event.clientX - box.left) / box.width - left) / (right - left);
    const step = first + share * (last - first);
    show(steps.reduce((best, each, at) => (Math.abs(each - step) < Math.abs(steps[best] - step) ? at : best), 0));
  });
  figure.addEventListener("keydown", event => {
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (move && event.target === figure) { show(place + move); event.preventDefault(); }
  });
}

{
  const MOST = 4;
  const form = document.getElementById("filters");
  const element = (name, text) => Object.assign(document.createElement(name), text === undefined ? {} : { textContent: text });
  if (form) {
    const table = document.querySelector("table.sortable");
    const rows = [...table.tBodies[0].rows];
    const compared = document.getElementById("compared");
    const citations = JSON.parse(document.getElementById("citations").textContent);
    const chosen = new Set();
    form.hidden = false;

    const pick = agent => {
      const label = element("label");
      label.className = "pick";
      const box = Object.assign(element("input"), { type: "checkbox", value: agent });
      box.setAttribute("aria-label", `Compare ${agent}`);
      box.addEventListener("change", () => {
        if (box.checked) chosen.add(agent); else chosen.delete(agent);
        compare();
        remember();
      });
      label.append(box, "compare");
      return label;
    };
    for (const row of rows) row.querySelector("th").append(pick(row.dataset.agent));

    const cell = row => {
      const found = element("td");
      for (const title of ["Symmetry gain", "Data efficiency"]) {
        const from = row && [...row.cells].find(each => each.dataset.title === title);
        const part = element("div");
        part.append(...(from ? [...from.childNodes].map(node => node.cloneNode(true)) : []));
        found.append(part);
      }
      return found;
    };

    const compare = () => {
      for (const box of table.querySelectorAll(".pick input")) {
        box.checked = chosen.has(box.value);
        box.disabled = !box.checked && chosen.size >= MOST;
      }
      compared.hidden = chosen.size === 0;
      const [head, body] = [compared.querySelector("thead"), compared.querySelector("tbody")];
      const names = element("tr");
      names.append(element("th", "Task, suite, learner"), ...[...chosen].map(agent => element("th", agent)));
      for (const name of names.children) name.scope = "col";
      head.replaceChildren(names);
      const cells = new Set(rows.filter(row => chosen.has(row.dataset.agent)).map(row => row.dataset.cell));
      body.replaceChildren(...[...cells].map(where => {
        const line = element("tr");
        const name = Object.assign(element("th", where), { scope: "row" });
        const of = agent => rows.find(row => row.dataset.cell === where && row.dataset.agent === agent);
        line.append(name, ...[...chosen].map(agent => cell(of(agent))));
        return line;
      }));
    };

    const asked = () => [...form.elements].filter(field => field.name && field.tagName !== "OUTPUT" && field.name !== "shown");
    const fits = row => asked().every(field => {
      if (field.type === "checkbox") return !field.checked || row.dataset[field.name] === "yes";
      if (field.name === "search") {
        const text = row.textContent.toLowerCase();
        return field.value.toLowerCase().split(/\s+/).every(word => text.includes(word));
      }
      return !field.value || row.dataset[field.name] === field.value;
    });

    const filter = () => {
      for (const row of rows) row.hidden = !fits(row);
      const seen = rows.filter(row => !row.hidden);
      form.elements.shown.value = `${seen.length} of ${rows.length} rows`;
      const keys = new Set([Object.keys(citations)[0], ...seen.flatMap(row => row.dataset.keys.split(" ").filter(Boolean))]);
      document.getElementById("bibtex").textContent = [...keys].map(key => citations[key]).filter(Boolean).join("\n\n");
    };

    const remember = () => {
      const state = new URLSearchParams();
      for (const field of asked()) {
        if (field.type === "checkbox" ? field.checked : field.value) state.set(field.name, field.type === "checkbox" ? "yes" : field.value);
      }
      for (const agent of chosen) state.append("compare", agent);
      location.replace(`#${state}`);
    };

    const recall = () => {
      const state = new URLSearchParams(location.hash.slice(1));
      for (const field of asked()) {
        if (field.type === "checkbox") field.checked = state.has(field.name);
        else if (field.tagName !== "SELECT" || [...field.options].some(option => option.value === state.get(field.name))) field.value = state.get(field.name) ?? "";
      }
      const there = new Set(rows.map(row => row.dataset.agent));
      for (const agent of state.getAll("compare").filter(name => there.has(name)).slice(0, MOST)) chosen.add(agent);
    };

    form.addEventListener("submit", event => event.preventDefault());
    form.addEventListener("input", () => { filter(); remember(); });
    form.querySelector("[type=reset]").addEventListener("click", event => {
        event.preventDefault();
        form.reset();
        chosen.clear();
        compare();
        filter();
        remember();
    });
    recall();
    compare();
    filter();
  }
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  const said = button.parentNode.querySelector("[role=status]");
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(text.textContent);
      said.textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(text);
      said.textContent = "Selected: copy it with your keyboard.";
    }
  });
}

"use strict";

// The token stands behind the # of the address, which browsers send to nobody.
const token = location.hash.slice(1);
const button = document.getElementById("deny");

function show(id) {
  for (const part of ["done", "invalid", "failed"]) {
    document.getElementById(part).hidden = part !== id;
  }
  const over = id === "done" || id === "invalid";
  document.getElementById("ask").hidden = over;
  button.disabled = over;
  if (over) {
    history.replaceState(null, "", location.pathname);
  }
}

button.addEventListener("click", async () => {
  button.disabled = true;
  try {
    const answer = await fetch("/v1/confirmation-disputes", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token }),
    });
    show(answer.ok ? "done" : answer.status === 422 ? "invalid" : "failed");
  } catch {
    show("failed");
  }
});

if (token === "") {
  show("invalid");
} else {
  button.disabled = false;
}

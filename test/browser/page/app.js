"use strict";

// A frontend in its smallest form: what a real one does with the API, in both
// transports. The server's address comes in the page's own, ?api=….
(function () {
  const api = new URLSearchParams(location.search).get("api") || "http://127.0.0.1:8080";
  const levels = { simplified: "упрощённый" };
  const find = (selector, below = document) => below.querySelector(selector);

  // What the page knows. Tokens are here with the transport "body" alone, and
  // nowhere that outlives the page; with "cookie" no script ever sees them.
  let flow = null;
  let tokens = null;

  const transport = () => find("#transport input:checked").value;

  // Refused carries the problem document (RFC 9457) of an answer.
  class Refused extends Error {
    constructor(problem) {
      super(problem.title);
      this.problem = problem;
    }
  }

  async function call(method, path, { body, bearer } = {}) {
    const headers = { "Accept-Language": "ru" };
    if (body) headers["Content-Type"] = "application/json";
    if (bearer) headers.Authorization = "Bearer " + bearer;
    if (method === "POST") headers["Idempotency-Key"] = crypto.randomUUID();
    const request = {
      method,
      headers,
      body: body && JSON.stringify(body),
      credentials: transport() === "cookie" ? "include" : "omit",
    };
    // Who got no answer may ask again: the key keeps it from being done twice.
    const answer = await fetch(api + path, request).catch(() => fetch(api + path, request));
    if (answer.status === 204) return null;
    const content = await answer.json();
    if (!answer.ok) throw new Refused(content);
    return content;
  }

  // own asks for something of the person who is signed in. An access token lasts
  // minutes: when it is over, the refresh token gets the next one.
  async function own(method, path) {
    const once = () => call(method, path, { bearer: tokens && tokens.access_token });
    try {
      return await once();
    } catch (error) {
      if (!(error instanceof Refused) || error.problem.status !== 401) throw error;
    }
    await refresh();
    return once();
  }

  async function refresh() {
    const next = await call("POST", "/v1/sessions/refresh", { body: tokens && { refresh_token: tokens.refresh_token } });
    tokens = tokens && next;
    return next;
  }

  const step = (method, path, body) => call(method, "/v1/registrations/" + flow.id + path, { body, bearer: flow.flow_token });

  function show(id) {
    for (const section of document.querySelectorAll("section")) section.hidden = section.id !== id;
    find("#transport").hidden = id === "cabinet";
    forget();
    const input = find("#" + id + " input");
    if (input) input.focus();
  }

  function forget() {
    find("#problem").hidden = true;
    for (const text of document.querySelectorAll(".wrong")) text.remove();
    for (const input of document.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
  }

  // complain tells what went wrong: beside the fields where it can, above them
  // otherwise.
  function complain(error, form) {
    const problem = error instanceof Refused ? error.problem : { detail: "Сервер не отвечает. Повторите попытку позже." };
    if (problem.status === 401 && !find("#cabinet").hidden) leave();
    const elsewhere = (problem.errors || []).filter((wrong) => !mark(form, wrong));
    if (problem.errors && elsewhere.length === 0) return;
    const lines = [problem.detail, ...elsewhere.map((wrong) => wrong.detail)];
    if (problem.attempts_left !== undefined) lines.push("Осталось попыток: " + problem.attempts_left + ".");
    if (problem.retry_at) lines.push("Можно повторить после " + moment(problem.retry_at) + ".");
    const box = find("#problem");
    box.textContent = lines.join(" ");
    box.hidden = false;
    box.focus();
  }

  function mark(form, wrong) {
    const name = wrong.pointer.slice(1);
    const input = form && (form.elements[name] || ((name === "phone" || name === "email") && form.elements.contact));
    if (!input) return false;
    if (input.getAttribute("aria-invalid")) return true;
    const text = document.createElement("span");
    text.className = "wrong";
    text.textContent = wrong.detail;
    input.after(text);
    input.setAttribute("aria-invalid", "true");
    return true;
  }

  function moment(text) {
    return new Date(text).toLocaleString("ru-RU", { dateStyle: "long", timeStyle: "short" });
  }

  function fill(section, texts) {
    for (const [name, text] of Object.entries(texts)) find("#" + section + " [data-text=" + name + "]").textContent = text;
  }

  async function enter(signedIn) {
    tokens = transport() === "body" ? signedIn : null;
    flow = null;
    for (const form of document.forms) form.reset();
    history.replaceState(null, "", "#cabinet");
    await cabinet();
  }

  async function cabinet() {
    const me = await own("GET", "/v1/me");
    const { items } = await own("GET", "/v1/sessions");
    fill("cabinet", {
      name: me.given_name + " " + me.family_name,
      level: levels[me.level] || me.level,
      contacts: me.contacts.map((contact) => contact.value).join(", "),
      since: moment(me.created_at),
    });
    find("#sessions").replaceChildren(...items.map(sessionRow));
    find("#refreshed").hidden = true;
    show("cabinet");
  }

  function leave() {
    tokens = null;
    history.replaceState(null, "", "#signin");
    show("signin");
  }

  function sessionRow(session) {
    const row = document.createElement("li");
    const what = document.createElement("p");
    const when = document.createElement("span");
    when.textContent = (session.current ? "этот сеанс" : session.address) + ", " + moment(session.last_used_at);
    what.append(browser(session.user_agent), when);
    row.append(what);
    if (!session.current) {
      const end = document.createElement("button");
      end.type = "button";
      end.className = "quiet";
      end.textContent = "Завершить";
      end.addEventListener("click", () => run(end, null, async () => {
        await own("DELETE", "/v1/sessions/" + session.id);
        await cabinet();
      }));
      row.append(end);
    }
    return row;
  }

  const browser = (agent) => (/(Firefox|Edg|Chrome|Safari|curl)\/[\d]+/.exec(agent) || [agent])[0].replace("/", " ");

  // run keeps the button from being pressed twice and shows what went wrong.
  async function run(button, form, work) {
    forget();
    button.disabled = true;
    try {
      await work();
    } catch (error) {
      complain(error, form);
    } finally {
      button.disabled = false;
    }
  }

  function onSubmit(id, work) {
    const form = find("#" + id + " form");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      run(event.submitter, form, () => work(Object.fromEntries(new FormData(form))));
    });
  }

  const onClick = (id, work) => find(id).addEventListener("click", (event) => run(event.currentTarget, null, work));

  onSubmit("register", async ({ contact, ...names }) => {
    const body = { ...names, [contact.includes("@") ? "email" : "phone"]: contact };
    flow = await call("POST", "/v1/registrations", { body });
    fill("code", { contact: flow.contact });
    show("code");
  });

  onSubmit("code", async (body) => {
    await step("POST", "/confirmation", body);
    show("password");
  });

  onSubmit("password", async (body) => enter(await step("POST", "/password", { ...body, transport: transport() })));

  onSubmit("signin", async (body) => {
    const request = { ...body, account_type: "citizen", transport: transport() };
    await enter(await call("POST", "/v1/sessions", { body: request }));
  });

  onClick("#resend", () => step("POST", "/codes"));

  onClick("#refresh", async () => {
    const next = await refresh();
    await cabinet();
    find("#refreshed").textContent = "Сеанс продлён до " + moment(next.session.idle_expires_at) + ".";
    find("#refreshed").hidden = false;
  });

  onClick("#signout", async () => {
    await own("DELETE", "/v1/sessions/current");
    leave();
  });

  addEventListener("hashchange", () => {
    const to = location.hash.slice(1);
    if (to === "signin" || to === "register") show(to);
  });

  // Cookies outlive the page: coming back, it finds the session again.
  if (location.hash === "#cabinet") {
    find("#transport [value=cookie]").checked = true;
    cabinet().catch(() => show("signin"));
  } else if (location.hash === "#signin") {
    show("signin");
  }
})();

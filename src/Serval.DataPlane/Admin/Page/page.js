// The status page: reads /status and /metrics of the router that served it, and shows them. It writes text
// only, never HTML, and sends nothing but GET requests.
"use strict";

const RefreshMs = 2000;
const RowsShown = 200;
const TokenKey = "serval-admin-token";
const find = id => document.getElementById(id);
let status = null;
let now = null;
let before = null;

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

async function ask(path, accept) {
  const headers = { Accept: accept };
  const token = sessionStorage.getItem(TokenKey);
  if (token) headers.Authorization = `Bearer ${token}`;
  const answer = await fetch(path, { headers, cache: "no-store", redirect: "error" });
  if (answer.status === 401) {
    // Another may have been typed while this one was on its way.
    if (sessionStorage.getItem(TokenKey) === token) sessionStorage.removeItem(TokenKey);
    throw new Unauthorized(token ? "The token is not accepted." : "A token is needed.");
  }
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${(await answer.text()).slice(0, 500)}`);
  return answer;
}

class Unauthorized extends Error {}

// name{label="value",…} number: samples by name, each with its labels.
function readMetrics(page) {
  const samples = new Map();
  const families = new Set();
  for (const line of page.split("\n")) {
    if (line.startsWith("# TYPE ")) families.add(line.split(" ")[2]);
    const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (!match) continue;
    const labels = {};
    for (const [, name, value] of (match[2] ?? "").matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g))
      labels[name] = value.replace(/\\(.)/g, (_, c) => c === "n" ? "\n" : c);
    if (!samples.has(match[1])) samples.set(match[1], []);
    samples.get(match[1]).push({ labels, value: Number(match[3].replace("+Inf", "Infinity")) });
  }
  return { samples, families, at: performance.now() };
}

function sum(metrics, name, wanted) {
  let total = 0;
  for (const sample of metrics.samples.get(name) ?? []) {
    if (Object.entries(wanted).every(([label, value]) => sample.labels[label] === value)) total += sample.value;
  }
  return total;
}

function rate(name, wanted) {
  if (!now.families.has(name)) return "–";
  if (!before) return "…";
  const seconds = (now.at - before.at) / 1000;
  const value = Math.max(sum(now, name, wanted) - sum(before, name, wanted), 0) / seconds;
  return value > 0 && value < 10 ? value.toFixed(1) : value.toFixed(0);
}

// The upper bound of the bucket that the quantile of the last interval falls into.
function quantile(metric, label, name, part) {
  const counts = new Map();
  for (const [metrics, sign] of [[now, 1], [before, -1]]) {
    for (const sample of metrics?.samples.get(metric) ?? []) {
      if (sample.labels[label] !== name) continue;
      const bound = Number(sample.labels.le.replace("+Inf", "Infinity"));
      counts.set(bound, (counts.get(bound) ?? 0) + sign * sample.value);
    }
  }
  const buckets = [...counts].sort((one, other) => one[0] - other[0]);
  const total = buckets.at(-1)?.[1] ?? 0;
  if (total <= 0) return "–";
  const bound = buckets.find(bucket => bucket[1] >= total * part)[0];
  if (bound === Infinity) return `>${length(buckets.at(-2)[0])}`;
  return `<${length(bound)}`;
}

function length(seconds) {
  return seconds >= 1 ? `${+seconds.toFixed(1)}s` : `${+(seconds * 1000).toFixed(2)}ms`;
}

function age(seconds) {
  const parts = [[86400, "d"], [3600, "h"], [60, "m"], [1, "s"]];
  const first = Math.max(parts.findIndex(([size]) => seconds >= size), 0);
  return parts.slice(first, first + 2).map(([size, unit], i) =>
    `${Math.floor(seconds % (i ? parts[first][0] : Infinity) / size)}${unit}`).join(" ");
}

// cells: [label, text or node, class]
function row(cells) {
  const made = element("tr");
  for (const [label, content, className] of cells) {
    const cell = element("td", undefined, className);
    cell.dataset.label = label;
    cell.append(content);
    made.append(cell);
  }
  return made;
}

function badges(texts) {
  const all = element("span");
  for (const [text, className] of texts.slice(0, 12)) all.append(element("span", text, `badge ${className ?? ""}`));
  if (texts.length > 12) all.append(`and ${texts.length - 12} more`);
  return all;
}

function fill(id, items, toRow) {
  const rows = items.slice(0, RowsShown).map(toRow);
  if (items.length > RowsShown) rows.push(row([["", `and ${items.length - RowsShown} more; search for them`]]));
  find(id).replaceChildren(...rows);
}

function showHead() {
  find("role").textContent = status.role;
  const state = find("state");
  state.textContent = status.isReady ? "Ready" : `Not ready: ${status.notReadyReason}`;
  state.className = status.isReady ? "good" : "bad";
  const live = status.snapshot ? `, configuration ${status.snapshot}` : "";
  const since = status.snapshotAgeSeconds !== undefined && status.snapshot
    ? ` live for ${age(status.snapshotAgeSeconds)}` : "";
  find("about").textContent =
    `Version ${status.version.split("+")[0]}, up ${age(status.uptimeSeconds)}${live}${since}`;
  document.title = `${status.isReady ? "" : "✗ "}Serval ${status.role} – ${location.host}`;
}

function showFindings() {
  const colours = { error: "bad", warning: "warn" };
  find("findings-count").textContent = status.findings.length || "";
  find("findings").replaceChildren(...status.findings.slice(0, RowsShown).map(finding => {
    const item = element("li");
    item.append(element("strong", finding.severity, colours[finding.severity]),
      ` ${finding.subject} ${finding.field}: ${finding.message}`);
    return item;
  }));
  if (!status.findings.length) find("findings").append(element("li", "Nothing is wrong.", "good"));
}

function showListeners() {
  const listeners = status.listeners ?? [];
  find("listeners-count").textContent = listeners.length;
  const metric = "serval_listener_requests_total";
  fill("listeners", listeners, listener => row([
    ["Name", listener.name],
    ["Address", `${listener.addresses.join(", ") || "*"}:${listener.port} ${listener.protocol}`],
    ["Hostname", listener.hostname],
    ["State", listener.isUp === undefined ? "–" : listener.isUp ? "up" : "down",
      listener.isUp === false ? "bad" : "good"],
    ["Routes", listener.routes, "number"],
    ["Requests/s", rate(metric, { listener: listener.name }), "number"],
    ["5xx/s", rate(metric, { listener: listener.name, code_class: "5xx" }), "number"],
    ["p50", quantile("serval_exchange_duration_seconds_bucket", "listener", listener.name, 0.5), "number"],
    ["p99", quantile("serval_exchange_duration_seconds_bucket", "listener", listener.name, 0.99), "number"],
  ]));
}

function showRoutes() {
  const wanted = find("search").value.trim().toLowerCase();
  const routes = (status.routes ?? []).filter(route => !wanted
    || [route.name, ...route.hostnames, ...route.clusters].some(text => text.toLowerCase().includes(wanted)));
  find("routes-count").textContent = wanted
    ? `${routes.length} of ${status.routes.length}` : routes.length;
  const metric = "serval_route_requests_total";
  fill("routes", routes, route => row([
    ["Name", route.name],
    ["Hostnames", badges(route.hostnames.map(name => [name]))],
    ["Clusters", badges(route.clusters.map(name => [name]))],
    ["Rules", route.rules, "number"],
    ["Requests/s", rate(metric, { route: route.name }), "number"],
    ["5xx/s", rate(metric, { route: route.name, code_class: "5xx" }), "number"],
  ]));
}

function showClusters() {
  const clusters = status.clusters ?? [];
  find("clusters-count").textContent = clusters.length;
  fill("clusters", clusters, cluster => {
    const ready = cluster.endpoints.filter(endpoint => endpoint.health === "healthy").length;
    return row([
      ["Name", cluster.name],
      ["Ready", `${ready} of ${cluster.endpoints.length}`, ready ? "number" : "number bad"],
      ["Endpoints", badges(cluster.endpoints.map(endpoint => [
        endpoint.address + (endpoint.health === "healthy" ? "" : ` ${endpoint.health}`)
          + (endpoint.isFallback ? " fallback" : ""),
        endpoint.health === "healthy" ? "" : "bad",
      ]))],
      ["Requests/s", rate("serval_cluster_requests_total", { cluster: cluster.name }), "number"],
      ["5xx/s", rate("serval_cluster_requests_total", { cluster: cluster.name, code_class: "5xx" }), "number"],
      ["p50", quantile("serval_cluster_duration_seconds_bucket", "cluster", cluster.name, 0.5), "number"],
      ["p99", quantile("serval_cluster_duration_seconds_bucket", "cluster", cluster.name, 0.99), "number"],
    ]);
  });
}

function show() {
  showHead();
  showFindings();
  showListeners();
  showRoutes();
  showClusters();
  find("content").hidden = false;
  find("token-form").hidden = true;
}

function complain(fault) {
  const state = find("state");
  state.className = "bad";
  state.textContent = fault.message;
  if (fault instanceof Unauthorized) {
    find("content").hidden = true;
    find("token-form").hidden = false;
  }
}

async function refresh() {
  try {
    const [nextStatus, nextMetrics] = await Promise.all([
      ask("status", "application/json").then(answer => answer.json()),
      ask("metrics", "text/plain").then(answer => answer.text()),
    ]);
    status = nextStatus;
    [before, now] = [now, readMetrics(nextMetrics)];
    show();
  } catch (fault) {
    complain(fault instanceof TypeError ? new Error("The admin API does not answer; trying again.") : fault);
  }
}

async function run() {
  for (;;) {
    if (!document.hidden && find("token-form").hidden) await refresh();
    await new Promise(done => setTimeout(done, RefreshMs));
  }
}

async function explain(event) {
  event.preventDefault();
  const verdict = find("explain-verdict");
  try {
    const query = new URLSearchParams({ method: find("method").value, url: find("url").value });
    const answer = await (await ask(`explain?${query}`, "application/json")).json();
    verdict.className = answer.isServed ? "good" : "bad";
    verdict.textContent = answer.isServed ? "An endpoint or a redirect answers." : "Nothing answers this request.";
    find("explanation").replaceChildren(...answer.lines.flatMap(line =>
      [element("dt", line.name), element("dd", line.value)]));
  } catch (fault) {
    verdict.className = "bad";
    verdict.textContent = fault.message;
    find("explanation").replaceChildren();
  }
}

find("search").addEventListener("input", () => status && showRoutes());
find("explain-form").addEventListener("submit", explain);
find("token-form").addEventListener("submit", event => {
  event.preventDefault();
  sessionStorage.setItem(TokenKey, find("token").value.trim());
  find("token").value = "";
  refresh();
});
document.addEventListener("visibilitychange", () => document.hidden || refresh());
run();

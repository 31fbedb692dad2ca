//@auth
// Runs in the platform's own engine (ES5) before a dialog of the add-on opens: shows which storages there are, and lets the daemon on one
// of them say what the fields show. What the daemon cannot say is left as the manifest has it.

var place = {
  environment: "${env.envName:}",
  nodeGroup: "${targetNodes.nodeGroup:}",
  storage: "${settings.storageName:}",
  newStorage: "${settings.newStorageName:}",
  diskQuota: "${quota.storage.node.disk.limitation:}",
  nodesQuota: "${quota.environment.maxnodescount:}",
  sameNodesQuota: "${quota.environment.maxsamenodescount:}"
};
var NEW_STORAGE = "+";
var GROUP = "Backup storage nodes";
var DATA_KEY = "dbbackup";

/* Every field by its name, wherever it stands in the form. */
function walk(fields, visit) {
  for (var i = 0; i < fields.length; i++) {
    var field = fields[i];
    visit(field);
    if (field.items) walk(field.items, visit);
    for (var branch in field.showIf || {}) walk([].concat(field.showIf[branch]), visit);
  }
}

function patch(fields, patches) {
  walk(fields, function (field) {
    var change = patches[field.name];
    for (var key in change || {}) field[key] = change[key];
  });
}

function isStorage(info) {
  var properties = info.env.properties || {};
  if (String(properties.projectScope) == "backup") return true;
  var groups = info.envGroups || [];
  for (var i = 0; i < groups.length; i++) if (String(groups[i].name || groups[i]).indexOf(GROUP) === 0) return true;
  return false;
}

function masterOf(info) {
  var master = null;
  var nodes = info.nodes || [];
  for (var i = 0; i < nodes.length; i++)
    if (String(nodes[i].nodeGroup) == "storage" && (master === null || String(nodes[i].ismaster) == "true")) master = nodes[i];
  return master;
}

function storages() {
  var answer = jelastic.env.control.GetEnvs(appid, session);
  var found = [];
  var infos = answer.infos || [];
  for (var i = 0; i < infos.length; i++) {
    if (!isStorage(infos[i]) || masterOf(infos[i]) === null) continue;
    var env = infos[i].env;
    var name = String(env.envName || env.shortdomain);
    var caption = env.displayName && String(env.displayName) != name ? env.displayName + " (" + name + ")" : name;
    var runs = env.status == 1;
    found.push({ value: name, caption: runs ? caption : caption + ", stopped", node: masterOf(infos[i]).id, runs: runs });
  }
  return found;
}

function ask(storage, request) {
  var json = JSON.stringify(request).replace(/[^ !#%(-;=?-~"]/g, function (character) {
    return "\\u" + ("0000" + character.charCodeAt(0).toString(16)).slice(-4);
  });
  var command = ": dbbackup form " + request.form + "\n" +
    "printf %s '" + json + "' | timeout 60 /usr/local/bin/dbbackup hook form --request -";
  var answer = jelastic.env.control.ExecCmdById(storage.value, session, storage.node, toJSON([{ command: command }]), true, "root");
  var lines = String(answer.responses && answer.responses[0] ? answer.responses[0].out : "").split("\n");
  for (var i = lines.length - 1; i >= 0; i--)
    if (lines[i].indexOf("DBBACKUP_RESULT=") === 0) return JSON.parse(lines[i].slice("DBBACKUP_RESULT=".length));
  return { ok: false, error: { message: "the backup storage " + storage.value + " did not answer", hint: "" } };
}

function inForce() {
  try {
    var groups = jelastic.env.control.GetNodeGroups(place.environment, session).object || [];
    for (var i = 0; i < groups.length; i++)
      if (String(groups[i].name) == place.nodeGroup && groups[i][DATA_KEY]) return String(JSON.parse(String(groups[i][DATA_KEY])).storage);
  } catch (error) {
    // A layer without our data is one without the add-on.
  }
  return place.storage == NEW_STORAGE ? place.newStorage.split(".")[0] : place.storage;
}

/* Where no storage can be asked, this platform's own zones. */
function ownZones() {
  var ids = toNative(java.util.TimeZone.getAvailableIDs());
  var now = new Date().getTime();
  var zones = [];
  for (var i = 0; i < ids.length; i++) {
    var id = String(ids[i]);
    if (id != "UTC" && !/^(Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)\//.test(id)) continue;
    var minutes = Math.round(java.util.TimeZone.getTimeZone(id).getOffset(now) / 60000);
    var far = Math.abs(minutes);
    var clock = ("0" + Math.floor(far / 60)).slice(-2) + ":" + ("0" + (far % 60)).slice(-2);
    zones.push({ value: id, caption: id + " (UTC" + (minutes < 0 ? "-" : "+") + clock + ")" });
  }
  return { tz: { values: zones } };
}

/* How large a new storage may be. The same stands in storage-dialog.js. */
function limits() {
  var disk = Math.floor(parseInt(place.diskQuota, 10) / 1024);
  var quotas = [["environment.maxnodescount", place.nodesQuota], ["environment.maxsamenodescount", place.sameNodesQuota]];
  var most = 7;
  var narrow = [];
  for (var i = 0; i < quotas.length; i++) {
    var value = parseInt(quotas[i][1], 10);
    if (value < 3) narrow.push(quotas[i][0] + " (" + value + ")");
    if (value < most) most = value;
  }
  if (most % 2 === 0) most -= 1;
  var notices = [];
  if (narrow.length > 0) notices.push("A cluster needs 3 nodes; these quotas of the account allow fewer: " + narrow.join(", ") + ".");
  if (disk < 5) notices.push("A storage needs 5 GB; the quota storage.node.disk.limitation allows " + disk + " GB.");
  var patches = { storageNodes: { max: Math.max(most, 3) } };
  if (narrow.length > 0) patches.storageTopology = { values: [{ value: "1", caption: "Standalone" }] };
  if (disk >= 5) patches.storageSize = { max: disk, "default": Math.min(10, disk) };
  if (notices.length > 0) patches.storageNotice = { markup: notices.join(" "), hidden: false };
  return patches;
}

function find(list, name) {
  for (var i = 0; i < list.length; i++) if (list[i].value == name) return list[i];
  return null;
}

function warn(form, text) {
  patch(form.fields, { notice: { markup: text, hidden: false } });
}

/* One of the storages that answers, for what all of them know. */
function zonesOf(all) {
  for (var i = 0; i < all.length; i++) {
    if (!all[i].runs) continue;
    var answer = ask(all[i], { form: "install" });
    if (answer.ok) return answer.fields;
  }
  return ownZones();
}

function show(form, isRestore) {
  var all = storages();
  var current = opened ? inForce() : "";
  var used = find(all, current);
  if (!isRestore) {
    var choices = [];
    for (var i = 0; i < all.length; i++) choices.push({ value: all[i].value, caption: all[i].caption });
    if (!current) choices.push({ value: NEW_STORAGE, caption: "Create a new storage" });
    patch(form.fields, { storageName: { values: choices, "default": current || choices[0].value } });
    patch(form.fields, limits());
  }
  if (!current) return patch(form.fields, zonesOf(all));
  var gone = used === null ? "was deleted" : used.runs ? "" : "is stopped";
  if (gone) {
    var text = "The backup storage " + current + " " + gone + ". Backups and restores need it: " +
      (gone == "is stopped" ? "start it." : "choose another storage with Configure, and enter the database password again.");
    if (isRestore) form.fields = [{ type: "displayfield", name: "notice", hideLabel: true, cls: "warning", markup: text }];
    else {
      patch(form.fields, zonesOf(all));
      warn(form, text);
    }
    return;
  }
  var answer = ask(used, { form: isRestore ? "restore" : "configure", environment: { name: place.environment } });
  if (answer.ok) patch(form.fields, answer.fields);
  else warn(form, answer.error.message + ". " + answer.error.hint);
}

function has(form, name) {
  var found = false;
  walk(form.fields || [], function (field) {
    if (field.name == name) found = true;
  });
  return found;
}

// A button's form comes as `settings` and is answered as such; the install dialog is a part of the whole manifest.
var opened = typeof settings !== "undefined" && settings && settings.fields ? settings : null;
var form = opened || jps.settings.main;
try {
  show(form, has(form, "backupDir"));
} catch (error) {
  warn(form, "The dialog could not be filled in: " + error);
}
return opened || { result: 0, settings: jps.settings };

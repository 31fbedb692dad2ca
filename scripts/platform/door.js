//@auth
// Runs in the platform's own engine (ES5): carries one request of the manifest to the daemon on the storage node, and its answer back.
// All decisions are the daemon's. Parameters come from the manifest: op, environment, nodeGroup and what the op needs.

// Not a parameter: those of a script may be shown in the platform's logs.
var PASSWORD = "${settings.dbpass.toBase64()}";

var LONGEST_WAIT_SECONDS = 480;
var LOOK_SECONDS = 25;
var HOOK_SECONDS = 900;
var COMMAND = "/usr/local/bin/dbbackup";
var DATA_KEY = "dbbackup";
var NEW_STORAGE = "+";

function given(name) {
  var value = String(getParam(name, ""));
  // A placeholder that nobody filled in is no value.
  return /^\$[{][^}]*[}]$/.test(value) ? "" : value;
}

function fromBase64(text) {
  var digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  var bytes = "";
  var bits = 0;
  var held = 0;
  for (var i = 0; i < text.length; i++) {
    var digit = digits.indexOf(text.charAt(i));
    if (digit < 0) continue;
    held = ((held << 6) | digit) & 16383;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += String.fromCharCode((held >> bits) & 255);
  }
  return decodeURIComponent(escape(bytes));
}

function escapeHtml(text) {
  return String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

function Trouble(message, type) {
  this.message = message;
  this.type = type || "error";
}

/* Pure ASCII without quotes, dollars and angles: the same in a shell, in a task's title and in JSON. */
function plainJson(value) {
  return JSON.stringify(value).replace(/[^ !#%(-;=?-~"]/g, function (character) {
    return "\\u" + ("0000" + character.charCodeAt(0).toString(16)).slice(-4);
  });
}

function exec(place, command) {
  var answer;
  try {
    answer = jelastic.env.control.ExecCmdById(place.env, session, place.node, toJSON([{ command: command }]), true, "root");
  } catch (error) {
    return { out: "", failed: String(error) };
  }
  var first = answer.responses && answer.responses[0];
  var failed = answer.result == 0 ? "" : String((first && first.errOut) || answer.error || "result " + answer.result);
  return { out: String((first && first.out) || ""), failed: failed };
}

/* The whole environment as the platform knows it. */
function lookUp(name) {
  var answer = jelastic.env.control.GetEnvInfo(name, session);
  if (answer.result == 11) return null;
  if (answer.result != 0) throw new Trouble("environment " + name + " cannot be read: " + (answer.error || answer.result));
  return answer;
}

function nodesOf(info, group) {
  var found = [];
  for (var i = 0; i < info.nodes.length; i++) if (String(info.nodes[i].nodeGroup) == group) found.push(info.nodes[i]);
  var master = found[0];
  for (var j = 0; j < found.length; j++) if (String(found[j].ismaster) == "true") master = found[j];
  return { all: found, master: master };
}

function storageAt(name) {
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(name)) throw new Trouble("no backup storage is chosen; choose one with Configure");
  var info = lookUp(name);
  if (info === null) throw new Trouble("the backup storage " + name + " does not exist any more; choose another one with Configure");
  if (info.env.status != 1) throw new Trouble("the backup storage " + name + " is not running; start it and try again");
  var master = nodesOf(info, "storage").master;
  if (!master) throw new Trouble("environment " + name + " has no storage layer");
  return { env: name, node: master.id };
}

/* One call of the daemon: its answer, or its error with the hint. */
function hook(storage, name, request, options) {
  var command = ": dbbackup " + name + " of " + request.environment.name + "\n" +
    "printf %s '" + plainJson(request) + "' | timeout " + HOOK_SECONDS + " " + COMMAND + " hook " + name + " --request -" +
    (options && options.noWait ? " --no-wait" : "");
  var done = exec(storage, command);
  // After a restart of the storage its daemon takes some seconds to answer.
  for (var tries = 0; tries < 5 && done.out.indexOf('"code":"daemon-unreachable"') >= 0; tries++)
    done = exec(storage, ": dbbackup is waited for\nsleep 2\n" + command);
  var lines = done.out.split("\n");
  for (var i = lines.length - 1; i >= 0; i--) {
    if (lines[i].indexOf("DBBACKUP_RESULT=") !== 0) continue;
    var answer = JSON.parse(lines[i].slice("DBBACKUP_RESULT=".length));
    if (answer.ok) return answer;
    var type = answer.error.code == "job-running" ? "warning" : "error";
    throw new Trouble(answer.error.message + ". " + answer.error.hint, type);
  }
  throw new Trouble("the backup storage " + storage.env + " did not answer: " + (done.failed || "it said nothing"));
}

function environmentOf(info) {
  var env = info.env;
  var group = env.hostGroup && env.hostGroup.uniqueName;
  return {
    name: String(env.envName || env.shortdomain),
    displayName: String(env.displayName || ""),
    region: String(group || env.region || env.hardwareNodeGroup || ""),
    owner: String(env.uid)
  };
}

/* As root on one node: the account that the daemon's key opens, and the node's own keys, which the daemon pins. */
function prepareNode(place, prepared) {
  if (!/^[A-Za-z0-9+\/=]+$/.test(prepared.program) || !/^[A-Za-z0-9+\/=@._ -]+$/.test(prepared.publicKey))
    throw new Trouble("the storage answered a key that is none");
  var command = ": dbbackup makes node " + place.node + " ready\n" +
    "file=$(mktemp) && printf %s '" + prepared.program + "' | base64 -d >\"$file\" && " +
    "sh \"$file\" --key '" + prepared.publicKey + "' </dev/null; status=$?; rm -f \"$file\"; exit $status";
  var done = exec(place, command);
  if (done.failed) throw new Trouble("node " + place.node + " could not be made ready: " + done.failed);
  var keys = done.out.match(/hostKey=(ssh|ecdsa)-\S+ \S+/g) || [];
  for (var i = 0; i < keys.length; i++) if (keys[i].indexOf("hostKey=ssh-ed25519 ") === 0) return keys[i].slice(8);
  if (keys.length === 0) throw new Trouble("node " + place.node + " has no ssh host key; its ssh server has to run");
  return keys[0].slice(8);
}

function leaveAll(info, group, prepared) {
  var nodes = nodesOf(info, group).all;
  for (var i = 0; i < nodes.length; i++) {
    exec({ env: environmentOf(info).name, node: nodes[i].id }, ": dbbackup leaves node " + nodes[i].id + "\n" +
      "file=$(mktemp) && printf %s '" + prepared.program + "' | base64 -d >\"$file\" && sh \"$file\" --remove </dev/null; rm -f \"$file\"");
  }
}

/* All running nodes of the layer, each made ready; the master must be among them. */
function readyNodes(info, group, prepared) {
  var layer = nodesOf(info, group);
  var ready = [];
  if (!layer.master) throw new Trouble("environment " + info.env.envName + " has no layer " + group);
  for (var i = 0; i < layer.all.length; i++) {
    var node = layer.all[i];
    var isMaster = node.id == layer.master.id;
    try {
      var key = prepareNode({ env: String(info.env.envName || info.env.shortdomain), node: node.id }, prepared);
      ready.push({ id: String(node.id), host: String(node.intIP || node.address), hostKey: key, master: isMaster });
    } catch (trouble) {
      if (isMaster || !(trouble instanceof Trouble)) throw trouble;
    }
  }
  return ready;
}

function layerOf(info, group) {
  var layer = nodesOf(info, group);
  return { nodeGroup: group, nodeType: String(layer.master ? layer.master.nodeType : "") };
}

/* Which storage is in force, whatever the dialog showed last. */
function storedStorage(name, group) {
  try {
    var groups = jelastic.env.control.GetNodeGroups(name, session).object || [];
    for (var i = 0; i < groups.length; i++)
      if (String(groups[i].name) == group && groups[i][DATA_KEY]) return String(JSON.parse(String(groups[i][DATA_KEY])).storage);
  } catch (error) {
    // The settings of the installation say the same, unless they were changed since.
  }
  return "";
}

/* Another layer of the environment that is backed up; told before any node is touched. */
function otherLayer(info, name, group) {
  var nodes = info.nodes || [];
  for (var i = 0; i < nodes.length; i++) {
    var one = String(nodes[i].nodeGroup);
    if (one != group && storedStorage(name, one)) return one;
  }
  return "";
}

function storeStorage(name, group, storage) {
  var data = {};
  data[DATA_KEY] = JSON.stringify({ storage: storage });
  try {
    jelastic.env.control.ApplyNodeGroupData(name, session, group, data);
  } catch (error) {
    // Then the settings of the installation go on being what counts.
  }
}

function conflicting(name, group) {
  var answer;
  try {
    answer = jelastic.marketplace.app.GetAddonList({ search: {}, envName: name, session: session, nodeGroup: group });
  } catch (error) {
    return "";
  }
  var others = given("conflicts").split(",");
  var apps = answer.apps || [];
  for (var i = 0; i < apps.length; i++)
    for (var j = 0; j < others.length; j++)
      if (String(apps[i].isInstalled) == "true" && String(apps[i].app_id) == others[j]) return others[j];
  return "";
}

/* A storage of another package has no daemon yet, and one of an earlier release an older one. */
function placeDaemon(storage) {
  var version = given("version");
  var archive = given("archive");
  var sum = given("archiveSha256");
  if (/[^A-Za-z0-9.+-]/.test(version) || /[^!#%(-;=?-Z_a-z~]/.test(archive) || !/^[0-9a-f]{64}$/.test(sum)) throw new Trouble("the manifest has no valid pins");
  var done = exec(storage, ": dbbackup " + version + " is placed on the storage node where it is not\n" +
    "[ \"$(cat /opt/dbbackup/current/VERSION 2>/dev/null)\" != '" + version + "' ] || exit 0\n" +
    "set -eu; work=$(mktemp -d /var/tmp/dbbackup.XXXXXX); trap 'rm -rf \"$work\"' EXIT\n" +
    "curl -fsSL --retry 3 -o \"$work/archive\" '" + archive + "'\n" +
    "echo '" + sum + "' \"$work/archive\" | sha256sum -c --quiet -\n" +
    "tar -xzf \"$work/archive\" -C \"$work\" dbbackup/storage-node/install\n" +
    "sh \"$work/dbbackup/storage-node/install\" --archive \"$work/archive\" --version '" + version + "' --sha256 '" + sum + "'");
  if (done.failed) throw new Trouble("the daemon could not be placed on the backup storage " + storage.env + ": " + done.failed);
}

/* install, configure, and the installation on a clone: whatever fails, what was there before stays in force. */
function setUp() {
  var group = given("nodeGroup");
  var name = given("environment");
  var info = lookUp(name);
  if (info === null) throw new Trouble("environment " + name + " does not exist");
  var settings = {};
  var names = given("settingNames").split(",");
  for (var i = 0; i < names.length; i++) settings[names[i]] = given(names[i]);
  settings.storageName = chosenStorage();
  var password = /^[A-Za-z0-9+\/=]*$/.test(PASSWORD) ? fromBase64(PASSWORD) : "";
  var former = storedStorage(name, group);
  var cloneOf = given("cloneOf");
  if (cloneOf) settings.storageName = storedStorage(cloneOf, group) || settings.storageName;
  var isNew = given("op") != "configure";
  var other = isNew ? conflicting(name, group) : "";
  if (other) throw new Trouble("another backup add-on (" + other + ") is installed on this layer; uninstall it first");
  var taken = isNew ? otherLayer(info, name, group) : "";
  if (taken) throw new Trouble("layer " + taken + " of this environment is backed up already, and one layer of an environment can be: uninstall the add-on there first");
  if (!isNew && former && former != settings.storageName && password === "")
    throw new Trouble("another storage does not know the database password: enter it again", "warning");

  var storage = storageAt(settings.storageName);
  placeDaemon(storage);
  var environment = environmentOf(info);
  var prepared = hook(storage, "prepare", { environment: environment, withProgram: true });
  try {
    if (cloneOf) leaveAll(info, group, prepared);
    var nodes = readyNodes(info, group, prepared);
    var request = { environment: environment, layer: layerOf(info, group), nodes: nodes };
    if (cloneOf) {
      request.event = "clone";
      request.clone = environment;
      request.environment = { name: cloneOf };
      hook(storage, "event", request);
    } else {
      request.sealed = seal(JSON.stringify({ dbpass: password }), prepared.sealing);
      request.settings = settings;
      var change = !isNew && former == settings.storageName;
      hook(storage, change ? "configure" : "install", request);
    }
  } catch (trouble) {
    if (!prepared.installed) undo(info, group, storage, environment, prepared);
    if (former && former != storage.env) letIn(former, info, group, environment);
    throw trouble;
  }
  storeStorage(name, group, storage.env);
  if (former && former != storage.env) leaveStorage(former, environment);
  return { result: 0 };
}

/* After a failure nothing stays of the attempt. */
function undo(info, group, storage, environment, prepared) {
  try {
    hook(storage, "uninstall", { environment: environment });
  } catch (error) {
    // It was not set up there, then.
  }
  leaveAll(info, group, prepared);
}

/* The key of the storage that is in force goes back to where another one's was tried. */
function letIn(former, info, group, environment) {
  try {
    readyNodes(info, group, hook(storageAt(former), "prepare", { environment: environment, withProgram: true }));
  } catch (error) {
    // That storage is gone or stopped: there is nobody to let in.
  }
}

function leaveStorage(name, environment) {
  try {
    hook(storageAt(name), "uninstall", { environment: environment });
  } catch (error) {
    // A storage that is gone or stopped keeps what it has; it is not used any more.
  }
}

/* What the dialog says: one that was there, or the one that was made for it. */
function chosenStorage() {
  var name = given("storageName");
  return name == NEW_STORAGE ? given("newStorageName").split(".")[0] : name;
}

function currentStorage() {
  return storageAt(storedStorage(given("environment"), given("nodeGroup")) || chosenStorage());
}

/* backup-now and restore: started, watched for a while, and left to themselves. */
function work(name, settings) {
  var storage = currentStorage();
  var environment = { name: given("environment") };
  var job = hook(storage, name, { environment: environment, settings: settings }, { noWait: true }).job.id;
  var until = new Date().getTime() + LONGEST_WAIT_SECONDS * 1000;
  var how;
  do {
    how = hook(storage, "job", { environment: environment, job: job, waitSeconds: LOOK_SECONDS });
  } while (how.running && new Date().getTime() < until);
  return how.type == "success" ? { result: 0 } : notice(how.type, how.text);
}

/* What must not happen while a backup or a restore runs is stopped; a storage that does not answer stands in nobody's way. */
function guard() {
  var answer = hook(currentStorage(), "event", { event: given("event"), environment: { name: given("environment") } });
  if (answer.allowed) return { result: 0 };
  return { result: 0, onAfterReturn: { refuse: { message: escapeHtml(answer.reason) } } };
}

/* The platform has changed something: the nodes are made ready again and the daemon is told. */
function follow() {
  var group = given("nodeGroup");
  var info = lookUp(given("environment"));
  var storage = currentStorage();
  var request = { event: given("event"), environment: environmentOf(info) };
  if (request.event != "credentials-reset") {
    var prepared = hook(storage, "prepare", { environment: request.environment, withProgram: true });
    request.nodes = readyNodes(info, group, prepared);
  }
  hook(storage, "event", request);
  return { result: 0 };
}

function notice(type, text) {
  return { result: type, type: type, message: escapeHtml(text) };
}

/*
 * Secrets are sealed before they leave this script, because the platform keeps the parameters of calls and commands in its tasks log:
 * a random number r goes under the daemon's RSA key (r^3 mod n), its SHA-256 keys the stream and the mark. Opened by addon/hooks/sealed.ts.
 */
function seal(text, key) {
  var modulus = key.modulus;
  var seed = session + "|" + text + "|" + new Date().getTime();
  var r = "";
  while (r.length < modulus.length) {
    seed = hexOf(sha256(bytesOf(seed + "|" + Math.random())));
    r += hexOf(sha256(bytesOf("r" + seed)));
  }
  r = "00" + r.slice(0, modulus.length - 2);
  var secret = sha256(fromHex(r));
  var plain = bytesOf(unescape(encodeURIComponent(text)));
  var hidden = [];
  for (var i = 0, block; i < plain.length; i++) {
    if (i % 32 === 0) block = sha256(secret.concat([116, (i / 32) >> 8, (i / 32) & 255]));
    hidden.push(plain[i] ^ block[i % 32]);
  }
  return { key: cubeOf(r, modulus), text: hexOf(hidden), mark: hexOf(keyed(secret, hidden)) };
}

function bytesOf(text) {
  var bytes = [];
  for (var i = 0; i < text.length; i++) bytes.push(text.charCodeAt(i) & 255);
  return bytes;
}

function fromHex(hex) {
  var bytes = [];
  for (var i = 0; i < hex.length; i += 2) bytes.push(parseInt(hex.slice(i, i + 2), 16));
  return bytes;
}

function hexOf(bytes) {
  var hex = "";
  for (var i = 0; i < bytes.length; i++) hex += ("0" + bytes[i].toString(16)).slice(-2);
  return hex;
}

/* HMAC with SHA-256, for keys of 32 bytes. */
function keyed(key, bytes) {
  var inner = [];
  var outer = [];
  for (var i = 0; i < 64; i++) {
    inner.push((key[i] || 0) ^ 54);
    outer.push((key[i] || 0) ^ 92);
  }
  return sha256(outer.concat(sha256(inner.concat(bytes))));
}

function sha256(message) {
  var rounds = [];
  var state = [];
  for (var candidate = 2; rounds.length < 64; candidate++) {
    var prime = true;
    for (var divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) prime = false;
    if (!prime) continue;
    if (state.length < 8) state.push((Math.pow(candidate, 1 / 2) * 4294967296) | 0);
    rounds.push((Math.pow(candidate, 1 / 3) * 4294967296) | 0);
  }
  var bytes = message.concat([128]);
  while (bytes.length % 64 !== 56) bytes.push(0);
  var bits = message.length * 8;
  bytes = bytes.concat([0, 0, 0, 0, (bits >>> 24) & 255, (bits >>> 16) & 255, (bits >>> 8) & 255, bits & 255]);
  function turned(word, by) {
    return (word >>> by) | (word << (32 - by));
  }
  for (var start = 0; start < bytes.length; start += 64) {
    var w = [];
    var v = state.slice(0);
    for (var i = 0; i < 64; i++) {
      var at = start + i * 4;
      if (i < 16) w[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
      else {
        var low = turned(w[i - 15], 7) ^ turned(w[i - 15], 18) ^ (w[i - 15] >>> 3);
        var high = turned(w[i - 2], 17) ^ turned(w[i - 2], 19) ^ (w[i - 2] >>> 10);
        w[i] = (w[i - 16] + low + w[i - 7] + high) | 0;
      }
      var first = v[7] + (turned(v[4], 6) ^ turned(v[4], 11) ^ turned(v[4], 25)) + ((v[4] & v[5]) ^ (~v[4] & v[6])) + rounds[i] + w[i];
      var second = (turned(v[0], 2) ^ turned(v[0], 13) ^ turned(v[0], 22)) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
      v = [(first + second) | 0, v[0], v[1], v[2], (v[3] + first) | 0, v[4], v[5], v[6]];
    }
    for (var k = 0; k < 8; k++) state[k] = (state[k] + v[k]) | 0;
  }
  var digest = [];
  for (var j = 0; j < 32; j++) digest.push((state[j >> 2] >>> (24 - (j % 4) * 8)) & 255);
  return digest;
}

/* r^3 mod n, in limbs of 24 bits, the lowest first. */
function cubeOf(hex, modulusHex) {
  var n = limbsOf(modulusHex);
  var r = limbsOf(hex);
  while (r.length < n.length) r.push(0);
  return hexOfLimbs(product(product(r, r, n), r, n), modulusHex.length);
}

function limbsOf(hex) {
  var limbs = [];
  for (var end = hex.length; end > 0; end -= 6) limbs.push(parseInt(hex.slice(Math.max(0, end - 6), end), 16));
  return limbs;
}

function hexOfLimbs(limbs, length) {
  var hex = "";
  for (var i = 0; i < limbs.length; i++) hex = ("00000" + limbs[i].toString(16)).slice(-6) + hex;
  while (hex.length < length) hex = "0" + hex;
  return hex.slice(hex.length - length);
}

/* a + b, less n where that fits. All below n. */
function sum(a, b, n) {
  var total = [];
  var less = [];
  var carry = 0;
  var borrow = 0;
  for (var i = 0; i < n.length; i++) {
    var limb = a[i] + b[i] + carry;
    carry = limb >>> 24;
    total.push(limb & 16777215);
    var rest = total[i] - n[i] - borrow;
    borrow = rest < 0 ? 1 : 0;
    less.push(rest & 16777215);
  }
  return carry >= borrow ? less : total;
}

function product(a, b, n) {
  var result = [];
  for (var k = 0; k < n.length; k++) result.push(0);
  for (var i = n.length - 1; i >= 0; i--)
    for (var bit = 23; bit >= 0; bit--) {
      result = sum(result, result, n);
      if ((a[i] >>> bit) & 1) result = sum(result, b, n);
    }
  return result;
}

function answer() {
  var op = given("op");
  if (op == "install" || op == "configure") return setUp();
  if (op == "backup") return work("backup-now", { name: given("name"), description: given("description") });
  if (op == "restore") {
    return work("restore", {
      backupedEnvName: given("backupedEnvName"),
      backupDir: given("backupDir"),
      databases: given("databases"),
      safetyBackup: given("safetyBackup")
    });
  }
  return op == "guard" ? guard() : follow();
}

try {
  return answer();
} catch (thrown) {
  var text = thrown instanceof Trouble ? thrown.message : String(thrown);
  if (given("op") == "guard" || given("op") == "follow") {
    jelastic.marketplace.console.WriteLog("dbbackup: " + given("event") + ": " + text);
    return { result: 0 };
  }
  return notice(thrown instanceof Trouble ? thrown.type : "error", text);
}

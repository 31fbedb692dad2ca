//@auth
// Runs in the platform's own engine (ES5) before the dialog of the storage package opens: keeps the fields within the account's quotas.

var place = {
  diskQuota: "${quota.storage.node.disk.limitation:}",
  nodesQuota: "${quota.environment.maxnodescount:}",
  sameNodesQuota: "${quota.environment.maxsamenodescount:}"
};

function patch(fields, patches) {
  for (var i = 0; i < fields.length; i++) {
    var field = fields[i];
    for (var key in patches[field.name] || {}) field[key] = patches[field.name][key];
    for (var branch in field.showIf || {}) patch([].concat(field.showIf[branch]), patches);
  }
}

/* How large a new storage may be. The same stands in dialog.js. */
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

patch(jps.settings.main.fields, limits());
return { result: 0, settings: jps.settings };

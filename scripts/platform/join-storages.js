//@auth
// Runs in the platform's own engine (ES5) once a storage was made: puts it where the add-on, and the platform's own backup add-ons, look.

var GROUP = "Backup storage nodes";
var environment = String(getParam("environment", ""));
var info = jelastic.env.control.GetEnvInfo(environment, session);
if (info.result != 0) return info;

var groups = [];
for (var i = 0; i < (info.envGroups || []).length; i++) groups.push(String(info.envGroups[i].name || info.envGroups[i]));
if (groups.join("\n").indexOf(GROUP) < 0) groups.push(GROUP);
var joined = jelastic.env.control.AttachEnvGroup({ envName: environment, session: session, envGroups: groups });
if (joined.result != 0) return joined;

var mark = { projectScope: "backup" };
var control = jelastic.env.control;
var marked = control.ApplyEnvProperty
  ? control.ApplyEnvProperty(environment, session, mark)
  : control.ApplyNodeGroupData(environment, session, "storage", mark);
if (marked.result != 0) return marked;
return control.SetNodeGroupDisplayName(environment, session, "storage", "Backup storage");

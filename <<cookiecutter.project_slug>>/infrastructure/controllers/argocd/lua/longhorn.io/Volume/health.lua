-- Is the data of this volume safe? `robustness` says so while it is attached; faulted stays when it no longer is.
local status, conditions = obj.status or {}, {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end
local restore, scheduled = conditions.Restore or {}, conditions.Scheduled or {}

local function verdict(state, message)
  return {status = state, message = message}
end

local function reason(condition)
  return condition.message ~= "" and condition.message or condition.reason or "no reason is reported"
end

if status.robustness == "faulted" then
  return verdict("Degraded", "Faulted: no replica can be used")
elseif restore.status == "False" and restore.reason == "RestoreFailure" then
  return verdict("Degraded", "Not restored: " .. reason(restore))
elseif scheduled.status == "False" then
  return verdict("Degraded", "A replica has no place: " .. reason(scheduled))
elseif status.restoreRequired and not status.isStandby then
  return verdict("Progressing", "Restoring from its backup")
elseif status.state == "detached" then
  return verdict("Healthy", "Detached: nothing uses it")
elseif status.state ~= "attached" then
  return verdict("Progressing", "Waiting until it is attached or detached: " .. (status.state or "no state yet"))
elseif status.robustness == "healthy" then
  return verdict("Healthy", "Attached, with every replica")
elseif status.robustness == "degraded" then
  -- Longhorn rebuilds replicas by itself. Where one has no place, Scheduled says so above.
  return verdict("Progressing", "A replica is being rebuilt")
end
return verdict("Progressing", "Attached, its replicas are not known yet")

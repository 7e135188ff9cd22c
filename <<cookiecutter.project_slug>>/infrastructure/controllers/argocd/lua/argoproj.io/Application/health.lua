-- Is this Application compared with what its spec asks for, synced and healthy? Only then does the next wave start.
local mode, bound = "WAVE_GATE", "BOUND_SECONDS"
local os = require("os")

local annotations, status, name = obj.metadata.annotations or {}, obj.status or {}, obj.metadata.name
local sync, health, operation = status.sync or {}, status.health or {}, status.operationState or {}
local running = operation.phase == "Running" or operation.phase == "Terminating"
local queued = obj.operation ~= nil and not running
mode = annotations["gitops/wave-gate"] or mode

local function verdict(state, message)
  return {status = state, message = message}
end

local function later(a, b)
  return b ~= nil and b > a and b or a
end

-- When health, an operation or Git last changed anything. A queued operation has no time of its own, but nobody writes
-- the object while nobody takes it up. A drift that comes back after each self-heal starts operations for ever: from
-- the sixth on they are no movement.
local moved = later(obj.metadata.creationTimestamp or "", health.lastTransitionTime)
for _, entry in ipairs(obj.metadata.managedFields or {}) do
  if queued or entry.manager == "argocd-controller" then
    moved = later(moved, entry.time)
  end
end
if (((operation.operation or {}).sync or {}).autoHealAttemptsCount or 0) <= 5 then
  moved = later(moved, operation.startedAt)
end

-- A wait without an end would hold the root's operation, and with it every later commit, even the repair.
-- RFC 3339 times in UTC compare as strings. Argo CD's os.date drops the ! when it is given a time, so the figures of
-- the UTC clock go to os.time and come back as if they were local ones.
local function wait(reason)
  local now = os.date("!*t")
  now.isdst = nil
  if moved ~= "" and moved < os.date("%Y-%m-%dT%H:%M:%SZ", os.time(now) - bound) then
    return verdict("Degraded", reason .. ". Nothing has moved since " .. moved .. ", for more than " .. bound ..
      " s: repair it, or exempt it with the annotation gitops/wave-gate: \"off\"")
  end
  return verdict("Progressing", reason)
end

-- Argo CD drops what is empty when it records what it compared: nil, "", false and {} are one value here.
local function within(a, b)
  if type(a) ~= "table" then
    return not a or a == "" or a == b
  end
  for key, value in pairs(a) do
    if not within(value, type(b) == "table" and b[key] or nil) then
      return false
    end
  end
  return true
end

local function same(a, b)
  return within(a, b) and within(b, a)
end

-- Of a sync that gave up: did only the health of resources fail it? What has become healthy since counts as it is now.
-- A hook that failed has not done its work.
local function failed_by_health_alone()
  local found = false
  for _, resource in ipairs((operation.syncResult or {}).resources or {}) do
    if resource.hookPhase == "Failed" or resource.hookPhase == "Error" then
      if (resource.hookType or "") ~= "" then
        return false
      end
      found = true
    end
  end
  return found
end

local own = name .. ":argoproj.io/Application:" .. (obj.metadata.namespace or "") .. "/" .. name
if obj.metadata.deletionTimestamp ~= nil then
  return verdict("Progressing", "Pending deletion") -- Argo CD says so itself, without asking
elseif mode == "off" then
  return verdict("Healthy", "Not waited for: the wave gate is off")
elseif annotations["argocd.argoproj.io/tracking-id"] == own then
  return verdict("Healthy", "Manages itself, and cannot wait for itself")
elseif health.status == nil then
  return wait("No health is reported yet")
end

if mode ~= "health" then
  local spec, compared, conditions = obj.spec, sync.comparedTo or {}, {}
  for _, condition in ipairs(status.conditions or {}) do
    conditions[condition.type] = condition.message
  end
  local source = next(spec.sources or {}) ~= nil and "sources" or "source"
  local automated = (spec.syncPolicy or {}).automated
  local result = operation.syncResult or {}
  local tried = {result.revision, result.revisions}
  -- An attempt has failed and left something broken: only Git mends it, and the root brings that when it is not held.
  if running and health.status == "Degraded" and (operation.retryCount or 0) > 0 then
    return verdict("Degraded", "Sync is tried again: " .. (operation.message or "no message"))
  elseif running then
    return wait("Sync operation is " .. operation.phase .. ": " .. (operation.message or "no message yet"))
  elseif queued then
    return wait("Sync operation is queued")
  elseif sync.status ~= "Synced" and sync.status ~= "OutOfSync" then
    return wait("Sync status is Unknown: " .. (conditions.InvalidSpecError or conditions.ComparisonError or
      conditions.UnknownError or "nothing is compared yet"))
  elseif not same(spec.destination, compared.destination) or
      not (spec.sourceHydrator or same(spec[source], compared[source])) then
    return wait("The last comparison is older than the spec")
  elseif conditions.SyncError ~= nil then
    return verdict("Degraded", conditions.SyncError)
  elseif (operation.phase == "Failed" or operation.phase == "Error") and
      (same(tried, {}) or same(tried, {sync.revision, sync.revisions})) and
      not (sync.status == "Synced" and failed_by_health_alone()) then
    return verdict("Degraded", "Sync " .. operation.phase .. ": " .. (operation.message or "no message"))
  elseif sync.status == "OutOfSync" and (automated == nil or automated.enabled == false) then
    return wait("OutOfSync, and nothing syncs it by itself: somebody must sync it")
  elseif sync.status == "OutOfSync" then
    return wait("OutOfSync: a sync is to follow")
  end
end

if health.status == "Healthy" or health.status == "Suspended" then
  return verdict("Healthy", "Ready")
elseif health.status == "Degraded" then
  return verdict("Degraded", health.message or "Degraded")
end
return wait("Health is " .. health.status)

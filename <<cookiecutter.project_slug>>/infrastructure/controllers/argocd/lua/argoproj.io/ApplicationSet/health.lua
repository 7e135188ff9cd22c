-- Is every Application that this set generates ready? Only then does the next wave start; Argo CD's own check looks at
-- none of them. Of each of them the set knows name, sync status and health status, no more.
local mode, bound, settle = "WAVE_GATE", "BOUND_SECONDS", "SETTLE_SECONDS"
local os = require("os")

local annotations, status = obj.metadata.annotations or {}, obj.status or {}
local children = status.resources or {}
mode = annotations["gitops/wave-gate"] or mode

local function verdict(state, message)
  return {status = state, message = message}
end

local function later(a, b)
  return b ~= nil and b > a and b or a
end

-- RFC 3339 times in UTC compare as strings. Argo CD's os.date drops the ! when it is given a time, so the figures of
-- the UTC clock go to os.time and come back as if they were local ones.
local function ago(seconds)
  local now = os.date("!*t")
  now.isdst = nil
  return os.date("%Y-%m-%dT%H:%M:%SZ", os.time(now) - seconds)
end

-- applied: when Git last changed the set. moved: when anything last did, the children in its status included.
local created = obj.metadata.creationTimestamp or ""
local applied, moved = created, created
for _, entry in ipairs(obj.metadata.managedFields or {}) do
  if entry.subresource == "status" then
    moved = later(moved, entry.time)
  elseif entry.manager == "argocd-controller" then
    applied = later(applied, entry.time)
  end
end
local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end
local failure, generated = conditions.ErrorOccurred or {}, conditions.ResourcesUpToDate or {}
moved = later(later(moved, applied), generated.lastTransitionTime)

-- A wait without an end would hold the root's operation, and with it every later commit, even the repair.
local function wait(reason, exemption)
  if moved ~= "" and moved < ago(bound) then
    return verdict("Degraded", reason .. ". Nothing has moved since " .. moved .. ", for more than " .. bound ..
      " s: repair it, or exempt it with the annotation " .. exemption .. ": \"off\" on this set")
  end
  return verdict("Progressing", reason)
end

if obj.metadata.deletionTimestamp ~= nil then
  return verdict("Progressing", "Pending deletion") -- Argo CD says so itself, without asking
elseif mode ~= "off" and applied > ago(settle) and (applied ~= created or #children == 0) then
  -- The status does not say which spec it is about: just after a change it tells of the old children. Those of a set
  -- that is new cannot be old, but Argo CD 3.2 lists them a moment after it calls them up to date.
  return verdict("Progressing", "Settling: the set changed less than " .. settle .. " s ago")
elseif failure.status == "True" then
  return verdict("Degraded", failure.message)
elseif generated.status ~= "True" then
  local message = generated.message or "nothing is reported yet"
  return wait("Applications are not up to date: " .. message, "gitops/wave-gate")
elseif mode == "off" then
  return verdict("Healthy", "Not waited for: the wave gate is off")
end

local reason, exemption
for _, child in ipairs(children) do
  local sync, health = child.status or "Unknown", (child.health or {}).status or "Unknown"
  local key = "wave-gate.gitops/" .. child.name
  local healthy, synced = health == "Healthy" or health == "Suspended", sync == "Synced" or mode == "health"
  local waits = annotations[key] ~= "off" and not (healthy and synced)
  if waits and health == "Degraded" then
    return verdict("Degraded", "Application " .. child.name .. " is Degraded and " .. sync)
  elseif waits and reason == nil then
    reason, exemption = "Waiting for Application " .. child.name .. ": " .. sync .. ", " .. health, key
  end
end
if reason ~= nil then
  return wait(reason, exemption)
elseif (status.resourcesCount or 0) > #children then
  -- No wait ends this: what the list leaves out is never seen.
  return verdict("Degraded", "Only " .. #children .. " of " .. status.resourcesCount .. " Applications are listed: " ..
    "raise applicationsetcontroller.status.max.resources.count in argocd-cmd-params-cm")
end
return verdict("Healthy", #children == 0 and "No Application is generated" or "Every Application is ready")

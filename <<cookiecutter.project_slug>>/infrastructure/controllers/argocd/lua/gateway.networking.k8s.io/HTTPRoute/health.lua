-- Does traffic take this route? Argo CD's own check waits for ever for a Gateway of a later wave, and fails while a
-- Service is not there yet. Here the one is not waited for, and the other is, for a while.
local os = require("os")
-- Seconds: until a Gateway of this wave has taken it; until what comes by itself has come.
local grace, bound = 120, 600
local generation, parents = obj.metadata.generation or 0, (obj.status or {}).parents or {}
-- Reasons that another object cures.
local curable = {BackendNotFound = true, Pending = true, RefNotPermitted = true}

local function verdict(state, message)
  return {status = state, message = message}
end

-- RFC 3339 times in UTC compare as strings. Argo CD's os.date drops the ! when it is given a time, so the figures of
-- the UTC clock go to os.time and come back as if they were local ones.
local function ago(seconds)
  local now = os.date("!*t")
  now.isdst = nil
  return os.date("%Y-%m-%dT%H:%M:%SZ", os.time(now) - seconds)
end

local stale, failure, waiting = false, nil, nil
for _, parent in ipairs(parents) do
  local where, accepted = "Gateway " .. parent.parentRef.name .. ": ", false
  for _, condition in ipairs(parent.conditions or {}) do
    local message = where .. (condition.message or condition.reason or condition.type)
    if (condition.observedGeneration or generation) < generation then
      stale = true
    elseif condition.type == "Accepted" and condition.status == "True" then
      accepted = true
    elseif condition.status ~= "True" and (condition.type == "Accepted" or condition.type == "ResolvedRefs") then
      local comes = condition.status == "Unknown" or curable[condition.reason]
      if comes and (condition.lastTransitionTime or ago(0)) > ago(bound) then
        waiting = waiting or message
      else
        failure = failure or message
      end
    end
  end
  if not accepted then
    waiting = waiting or where .. "not accepted yet"
  end
end

if #parents == 0 and (obj.metadata.creationTimestamp or ago(0)) > ago(grace) then
  return verdict("Progressing", "No Gateway has taken it yet")
elseif #parents == 0 then
  return verdict("Healthy", "Not waited for: no Gateway has taken it, so a later wave has to bring one")
elseif stale then
  return verdict("Progressing", "Its Gateway has not seen this version of it yet")
elseif failure ~= nil then
  return verdict("Degraded", failure)
elseif waiting ~= nil then
  return verdict("Progressing", waiting)
end
return verdict("Healthy", "Accepted by every Gateway that has seen it")

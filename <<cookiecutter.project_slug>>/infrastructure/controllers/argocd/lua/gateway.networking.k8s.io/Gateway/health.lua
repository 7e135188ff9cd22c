-- Does this Gateway let traffic in? Argo CD's own check waits for ever for a controller of a later wave, and fails
-- while a certificate is being issued. Here the one is not waited for, and the other is, for a while.
local os = require("os")
-- Seconds: until a controller of this wave has taken it; until what comes by itself has come.
local grace, bound = 120, 600
local generation, status = obj.metadata.generation or 0, obj.status or {}
local judged = {Accepted = true, Programmed = true, ResolvedRefs = true}
-- Reasons that another object cures. Of ListenersNotValid the listeners say more.
local curable = {
  InvalidCertificateRef = true,
  InvalidClientCertificateRef = true,
  ListenersNotResolved = true,
  ListenersNotValid = true,
  PartiallyInvalidCertificateRef = true,
  RefNotPermitted = true,
}

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

local taken, programmed, stale, failure, waiting = false, false, false, nil, nil
local function look(list, where)
  for _, condition in ipairs(list or {}) do
    local message = where .. (condition.message or condition.reason or condition.type)
    local comes = condition.type == "Programmed" or condition.status == "Unknown" or curable[condition.reason]
    if (condition.observedGeneration or generation) < generation then
      stale = true
    elseif condition.type == "Conflicted" and condition.status == "True" then
      failure = failure or message
    elseif judged[condition.type] and condition.status ~= "True" then
      if comes and (condition.lastTransitionTime or ago(0)) > ago(bound) then
        waiting = waiting or message
      else
        failure = failure or message
      end
    end
  end
end
for _, condition in ipairs(status.conditions or {}) do
  -- Unknown is what it is created with.
  taken = taken or condition.type == "Accepted" and condition.status ~= "Unknown"
  programmed = programmed or condition.type == "Programmed" and condition.status == "True"
end
look(status.conditions, "")
for _, listener in ipairs(status.listeners or {}) do
  look(listener.conditions, "Listener " .. listener.name .. ": ")
end

if not taken and (obj.metadata.creationTimestamp or ago(0)) > ago(grace) then
  return verdict("Progressing", "No controller has taken it yet")
elseif not taken then
  return verdict("Healthy", "Not waited for: no controller has taken it, so a later wave has to bring one")
elseif stale then
  return verdict("Progressing", "Its controller has not seen this version of it yet")
elseif failure ~= nil then
  return verdict("Degraded", failure)
elseif waiting ~= nil or not programmed then
  return verdict("Progressing", waiting or "Its controller has not called it programmed yet")
end
return verdict("Healthy", "Programmed")

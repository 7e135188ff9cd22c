-- Does the object behind the API look as this one asks?
local spec, status = obj.spec or {}, obj.status or {}
local state, said = status.state or "", status.message or ""

local function verdict(health, message)
  return {status = health, message = message}
end

-- What the operator says, else what is known without it.
local function told(otherwise)
  return said ~= "" and said or otherwise
end

if spec.paused == true then
  return verdict("Suspended", told("Paused"))
elseif status.observedGeneration ~= nil and status.observedGeneration ~= obj.metadata.generation then
  return verdict("Progressing", "The operator has not seen this spec yet")
elseif state == "Failed" or state == "NotFound" then
  -- NotFound is Degraded: Missing would hold a wave, and an object that is gone does not come back by waiting.
  return verdict("Degraded", told(state))
elseif state == "Synced" or state == "Observed" then
  return verdict("Healthy", told(state))
end
return verdict("Progressing", told(state ~= "" and state or "The operator has not reported yet"))

-- Has everything in the bundle been made, and does it work?
local spec, status = obj.spec or {}, obj.status or {}
local summary = status.summary or {}
local total, synced = summary.total or 0, (summary.synced or 0) + (summary.skipped or 0)
local failed, pending = summary.failed or 0, summary.pending or 0
local counted = synced .. " of " .. total .. " synced"
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
elseif state == "Failed" or failed > 0 then
  return verdict("Degraded", told(failed .. " of " .. total .. " failed"))
elseif state == "" and total == 0 then
  return verdict("Progressing", "The operator has not reported yet")
elseif pending == 0 and (state == "Synced" or (state == "" and synced == total)) then
  return verdict("Healthy", told(counted))
end
return verdict("Progressing", told(counted))

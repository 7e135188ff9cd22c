-- Is what the aggregate looks at healthy? The operator's own verdict counts, for it knows how many have to be; the numbers
-- do only where there is none.
local spec, status = obj.spec or {}, obj.status or {}
local summary, aggregated = status.summary or {}, status.aggregatedHealth or {}
local total, synced = summary.total or 0, summary.synced or 0
local failed, pending = summary.failed or 0, summary.pending or 0
local state, said = aggregated.status or aggregated.state or status.state or "", status.message or ""
local counted = synced .. " of " .. total .. " synced"

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
elseif state == "Degraded" or (state == "" and failed > 0) then
  return verdict("Degraded", told(failed .. " of " .. total .. " failed"))
elseif state == "Healthy" or (state == "" and total > 0 and pending == 0 and synced == total) then
  return verdict("Healthy", told(counted))
elseif state == "" and total == 0 then
  return verdict("Progressing", "The operator has not reported yet")
end
return verdict("Progressing", told(counted))

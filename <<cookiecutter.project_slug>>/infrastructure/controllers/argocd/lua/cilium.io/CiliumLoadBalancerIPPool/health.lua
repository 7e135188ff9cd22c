-- Can addresses come from this pool? Of two that overlap, the newer one hands out none.
local conditions = {}
for _, condition in ipairs((obj.status or {}).conditions or {}) do
  conditions[condition.type] = condition
end
-- Cilium counts the addresses of every version of the pool; of a conflict it only writes when there is one.
local counted, conflict = conditions["cilium.io/IPsTotal"] or {}, conditions["cilium.io/PoolConflict"] or {}

local function verdict(state, message)
  return {status = state, message = message}
end

if counted.status == nil then
  return verdict("Progressing", "Cilium has not read it yet")
elseif (counted.observedGeneration or 0) < (obj.metadata.generation or 0) then
  return verdict("Progressing", "Cilium has not seen this version of it yet")
elseif conflict.status == "True" then
  return verdict("Degraded", conflict.message or "It overlaps with another pool")
end
return verdict("Healthy", "It has " .. (counted.message or "no") .. " addresses")

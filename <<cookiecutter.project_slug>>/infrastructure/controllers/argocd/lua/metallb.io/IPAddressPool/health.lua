-- Has MetalLB taken this pool? It counts the addresses of every pool that it uses, and uses none while one is wrong.
local status = obj.status or {}
local free = (status.availableIPv4 or 0) + (status.availableIPv6 or 0)
local assigned = (status.assignedIPv4 or 0) + (status.assignedIPv6 or 0)

local function verdict(state, message)
  return {status = state, message = message}
end

if free + assigned > 0 then
  return verdict("Healthy", free .. " addresses are free")
end
return verdict("Progressing", "MetalLB has not taken it yet")

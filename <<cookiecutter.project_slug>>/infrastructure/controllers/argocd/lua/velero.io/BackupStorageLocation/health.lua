-- Has Velero reached the bucket? It asks again every minute, so a key that comes late needs no hand.
local status = obj.status or {}

local function verdict(state, message)
  return {status = state, message = message}
end

if status.phase == "Available" then
  return verdict("Healthy", "Available")
elseif status.phase == "Unavailable" then
  return verdict("Degraded", status.message or "Unavailable, and Velero does not say why")
end
return verdict("Progressing", "Velero has not tried it yet")

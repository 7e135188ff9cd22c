-- Does anything keep the API server from serving this kind? The sync that applies a CRD waits for that, three seconds at
-- most. Argo CD hears of it again with its next poll only, minutes later, because a CRD does not say which Application it
-- belongs to. Argo CD's own check would hold the next wave until then, and before 3.6 fail the sync. So a CRD is well
-- unless something is wrong with it, and what came too early is tried again.
local conditions = {}
for _, condition in ipairs((obj.status or {}).conditions or {}) do
  conditions[condition.type] = condition
end

local function verdict(state, message)
  return {status = state, message = message}
end

local function is(name, status)
  return (conditions[name] or {}).status == status
end

if is("NamesAccepted", "False") then
  return verdict("Degraded", conditions.NamesAccepted.message or "Its names belong to another kind")
elseif is("NonStructuralSchema", "True") then
  return verdict("Degraded", conditions.NonStructuralSchema.message or "Its schema is not structural")
elseif is("Established", "True") then
  return verdict("Healthy", "Established")
elseif (conditions.Established or {}).reason == "InvalidCABundle" then
  return verdict("Degraded", conditions.Established.message)
end
return verdict("Healthy", "Being established")

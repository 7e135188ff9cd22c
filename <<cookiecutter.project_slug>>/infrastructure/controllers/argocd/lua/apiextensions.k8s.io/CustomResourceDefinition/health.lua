-- Does anything keep the API server from serving this kind? A sync that brings a CRD waits until it is served. What
-- happens to it then Argo CD learns with the next poll only, for a CRD does not say which Application it belongs to.
-- Argo CD's own check, where that has seen it too early, holds the next wave for these minutes, and before 3.6 calls it
-- Degraded. So a CRD is well unless something is wrong with it.
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

if is("Terminating", "True") then
  return verdict("Progressing", "It is being deleted")
elseif is("NamesAccepted", "False") then
  return verdict("Degraded", conditions.NamesAccepted.message or "Its names belong to another kind")
elseif is("NonStructuralSchema", "True") then
  return verdict("Degraded", conditions.NonStructuralSchema.message or "Its schema is not structural")
elseif is("Established", "True") then
  return verdict("Healthy", "Established")
elseif (conditions.Established or {}).reason == "InvalidCABundle" then
  return verdict("Degraded", conditions.Established.message)
end
return verdict("Healthy", "Being established")

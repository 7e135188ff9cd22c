-- Does the API server serve this kind? Before 3.6, Argo CD's own check calls a CRD Degraded until it does, a moment
-- after it was applied: the sync that brought it then fails and is tried again. From 3.6 on this script can go.
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
return verdict("Progressing", "Not established yet")

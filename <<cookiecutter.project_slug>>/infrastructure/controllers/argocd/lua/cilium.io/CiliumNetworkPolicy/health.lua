-- Can Cilium enforce this policy? Its operator reads every policy and says so; agents skip one that is not valid.
local valid = {}
for _, condition in ipairs((obj.status or {}).conditions or {}) do
  if condition.type == "Valid" then
    valid = condition
  end
end

local function verdict(state, message)
  return {status = state, message = message}
end

if valid.status == "True" then
  return verdict("Healthy", "Valid")
elseif valid.status == "False" then
  return verdict("Degraded", valid.message or "Not valid, and Cilium does not say why")
end
return verdict("Progressing", "Cilium has not read it yet")

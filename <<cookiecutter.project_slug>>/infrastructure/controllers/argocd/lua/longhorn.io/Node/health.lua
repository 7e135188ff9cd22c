-- Can Longhorn use this node and its disks? Not asked: packages and kernel modules, of which Longhorn knows only the
-- names that some distributions give them; and Schedulable, which is False on a node that somebody cordoned.
local status = obj.status or {}

local function verdict(state, message)
  return {status = state, message = message}
end

local function find(list, kind)
  for _, condition in ipairs(list or {}) do
    if condition.type == kind then
      return condition
    end
  end
  return {}
end

local function reason(condition)
  return condition.message ~= "" and condition.message or condition.reason or "no reason is reported"
end

local ready, propagation = find(status.conditions, "Ready"), find(status.conditions, "MountPropagation")
-- In the order of their names: that of a map changes from one run to the next.
local names, broken = {}, nil
for name in pairs(status.diskStatus or {}) do
  table.insert(names, name)
end
table.sort(names)
for _, name in ipairs(names) do
  local disk = find(status.diskStatus[name].conditions, "Ready")
  if broken == nil and disk.status == "False" then
    broken = "Disk " .. name .. " is not ready: " .. reason(disk)
  end
end

if ready.status == "False" then
  return verdict("Degraded", "Not ready: " .. reason(ready))
elseif propagation.status == "False" then
  return verdict("Degraded", "Mounts do not reach pods: " .. reason(propagation))
elseif broken ~= nil then
  return verdict("Degraded", broken)
elseif ready.status ~= "True" then
  return verdict("Progressing", "Longhorn has not reported on it yet")
end
return verdict("Healthy", "Ready")

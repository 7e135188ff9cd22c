-- Is there a volume, or nothing to wait for? To Argo CD's own check Pending is Progressing, even where the class waits
-- for the first pod (WaitForFirstConsumer): a claim in an earlier wave than its pod would wait for ever.
local spec, status, annotations = obj.spec or {}, obj.status or {}, obj.metadata.annotations or {}
-- Kubernetes writes the one when it asks for a volume, the other when a pod that uses it was given a node.
local asked, placed = "volume.kubernetes.io/storage-provisioner", "volume.kubernetes.io/selected-node"
local wanted = annotations[asked] or annotations[placed]
local class = spec.storageClassName or ""

local function verdict(state, message)
  return {status = state, message = message}
end

if status.phase == "Bound" then
  return verdict("Healthy", "Bound")
elseif status.phase == "Lost" then
  return verdict("Degraded", "Its volume is gone")
elseif status.phase == "Pending" and class ~= "" and not spec.volumeName and not wanted then
  return verdict("Healthy", "Not waited for: it gets its volume with the first pod that uses it")
elseif wanted then
  return verdict("Progressing", "Its volume is being made")
end
return verdict("Progressing", "Waiting for a volume")

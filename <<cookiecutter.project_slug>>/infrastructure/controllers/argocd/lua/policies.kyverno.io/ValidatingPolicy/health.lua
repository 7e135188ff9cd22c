-- Does Kyverno apply this policy? Argo CD's own check believes `ready`, which is true before the webhook has the
-- policy, and fails while Kyverno writes its webhook once more.
local spec, status = obj.spec or {}, obj.status or {}
local summary, conditions = status.conditionStatus or {}, {}
local admission = (spec.evaluation or {}).admission or {}
local stale = false
for _, condition in ipairs(summary.conditions or {}) do
  conditions[condition.type] = condition
  stale = stale or (condition.observedGeneration or 0) > 0 and condition.observedGeneration < obj.metadata.generation
end
local permissions, webhook = conditions.RBACPermissionsGranted or {}, conditions.WebhookConfigured or {}
-- A policy for background scans only has no webhook, nor has one that became a ValidatingAdmissionPolicy.
local asked = admission.enabled ~= false and not status.generated

local function verdict(state, message)
  return {status = state, message = message}
end

if stale then
  return verdict("Progressing", "Kyverno has not seen this version of it yet")
elseif permissions.status == "False" then
  return verdict("Degraded", permissions.message)
elseif asked and webhook.status ~= "True" then
  return verdict("Progressing", webhook.message or "The webhook does not have it yet")
elseif summary.ready ~= true then
  return verdict("Progressing", "Kyverno has not called it ready yet")
end
return verdict("Healthy", "Ready")

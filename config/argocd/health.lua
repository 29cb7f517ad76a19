-- The health of a FederationRoute or a LyncTopology for Argo CD: what kstatus says
-- of it, in Argo CD's words. A sync of several waves goes on at Healthy, ends at
-- Degraded and waits at everything else, so nothing that a person has to end may be
-- anything else.
local health = {status = "Progressing", message = "no controller has looked at this generation yet"}
if obj.status == nil or obj.status.conditions == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  return health
end
local said = {}
for _, condition in ipairs(obj.status.conditions) do
  said[condition.type] = condition
end
if said.Ready == nil then
  return health
end
health.message = said.Ready.reason .. ": " .. said.Ready.message
if said.Stalled ~= nil and said.Stalled.status == "True" then
  health.status = "Degraded"
elseif said.Ready.status == "True" then
  health.status = "Healthy"
end
return health

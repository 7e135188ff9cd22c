-- What can be asked of the object now. What is paused is not synced, so there is nothing to force.
local actions = {}
local paused = (obj.spec or {}).paused == true
actions["force-sync"] = {disabled = paused}
actions["pause"] = {disabled = paused}
actions["resume"] = {disabled = not paused}
return actions

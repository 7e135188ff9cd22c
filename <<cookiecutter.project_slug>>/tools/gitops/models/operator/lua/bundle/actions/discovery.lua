-- What can be asked of the bundle now. Only what has failed, and is not paused, can be tried again.
local actions = {}
local status = obj.status or {}
local paused = (obj.spec or {}).paused == true
local failed = status.state == "Failed" or ((status.summary or {}).failed or 0) > 0
actions["pause-bundle"] = {disabled = paused}
actions["resume-bundle"] = {disabled = not paused}
actions["retry-failed"] = {disabled = paused or not failed}
return actions

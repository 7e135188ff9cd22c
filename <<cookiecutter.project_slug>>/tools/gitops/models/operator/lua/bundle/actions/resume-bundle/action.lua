obj.spec = obj.spec or {}
obj.spec.paused = false
return obj

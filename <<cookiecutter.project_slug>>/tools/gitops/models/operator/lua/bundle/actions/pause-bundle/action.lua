obj.spec = obj.spec or {}
obj.spec.paused = true
return obj

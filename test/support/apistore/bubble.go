package apistore

import utilruntime "k8s.io/apimachinery/pkg/util/runtime"

// init takes the pause out of what Kubernetes' libraries do with errors that nobody handles.
// The pause counts from the last such error of the process. Bubbles have clocks of their own
// that begin in the year 2000, so after an error outside a bubble, or in one whose clock was
// ahead, a goroutine would sleep for years of the bubble's time.
func init() { utilruntime.ErrorHandlers = utilruntime.ErrorHandlers[:1] }

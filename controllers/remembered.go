package controllers

import (
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/internal/memory"
	"github.com/fedroute/fedroute/internal/memory/writes"
)

// objectOf is the name under which memory keeps things of the object.
func objectOf(o client.Object) memory.Object { return memory.Object(client.ObjectKeyFromObject(o)) }

func editionOf(o client.Object) memory.Edition {
	return memory.Edition{UID: string(o.GetUID()), Generation: o.GetGeneration()}
}

func versionOf(o client.Object) writes.Version {
	return writes.Version{Object: objectOf(o), UID: string(o.GetUID()), Resource: o.GetResourceVersion()}
}

// catchUp replaces what a cache that lags says of the object's status by what was
// written last. status is the object's.
func catchUp[S any](written *writes.Memory[S], object client.Object, status *S) {
	if newer, resource, lags := written.Newer(versionOf(object)); lags {
		*status = newer
		object.SetResourceVersion(resource)
		return
	}
	written.Shown(versionOf(object))
}

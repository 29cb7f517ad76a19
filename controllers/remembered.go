package controllers

import (
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/internal/memory"
	"github.com/fedroute/fedroute/internal/memory/writes"
)

// objectOf gives the key under which the memory packages keep what belongs to the object.
func objectOf(o client.Object) memory.Object { return memory.Object(client.ObjectKeyFromObject(o)) }

// editionOf names the spec of an object. Deleting an object makes a new generation, and no
// other spec.
func editionOf(o client.Object) memory.Edition {
	e := memory.Edition{UID: string(o.GetUID()), Generation: o.GetGeneration()}
	if deleted(o) {
		e.Generation--
	}
	return e
}

func versionOf(o client.Object) writes.Version {
	return writes.Version{Object: objectOf(o), UID: string(o.GetUID()), Resource: o.GetResourceVersion()}
}

// catchUp mends the status of an object that was read from a lagging cache: it puts the
// status that this manager wrote last in its place. status points into the object.
func catchUp[S any](written *writes.Memory[S], object client.Object, status *S) {
	if newer, resource, lags := written.Newer(versionOf(object)); lags {
		*status = newer
		object.SetResourceVersion(resource)
		return
	}
	written.Shown(versionOf(object))
}

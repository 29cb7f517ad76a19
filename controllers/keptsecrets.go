package controllers

import (
	"context"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/internal/memory"
)

// keptSecrets reads Secrets. While a run is under way, and while its route waits for the
// look after it, it has the Secrets that the run began with. It gives these where the API
// server has them no more or refuses them: a namespace that is deleted loses its Secrets and
// role bindings before its routes.
type keptSecrets struct {
	client.Reader
	mu   sync.Mutex
	kept map[types.NamespacedName]*keptSecret
	// routes let go of what is kept for a route beside its runs.
	routes map[memory.Object]func()
}

type keptSecret struct {
	data map[string][]byte
	uses int // by runs and routes
}

func newKeptSecrets(from client.Reader) *keptSecrets {
	return &keptSecrets{Reader: from, kept: map[types.NamespacedName]*keptSecret{}, routes: map[memory.Object]func(){}}
}

// Get implements client.Reader.
func (k *keptSecrets) Get(ctx context.Context, key client.ObjectKey, into client.Object, options ...client.GetOption) error {
	err := k.Reader.Get(ctx, key, into, options...)
	secret, is := into.(*corev1.Secret)
	if !is || !apierrors.IsNotFound(err) && !apierrors.IsForbidden(err) {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	have, ok := k.kept[key]
	if !ok {
		return err
	}
	secret.Namespace, secret.Name, secret.Data = key.Namespace, key.Name, have.data
	return nil
}

// keep holds the Secrets of a run until the run lets go of them and its route is forgotten.
// One that cannot be read now is left out.
func (k *keptSecrets) keep(ctx context.Context, route memory.Object, from secrets, names []string) (letGo func()) {
	var held []types.NamespacedName
	for _, name := range names {
		data, err := from.get(ctx, name)
		if err != nil {
			continue
		}
		key := types.NamespacedName{Namespace: from.namespace, Name: name}
		k.mu.Lock()
		have := k.kept[key]
		if have == nil {
			have = &keptSecret{}
			k.kept[key] = have
		}
		have.data, have.uses = data, have.uses+2
		k.mu.Unlock()
		held = append(held, key)
	}
	letGo = func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		for _, key := range held {
			if k.kept[key].uses--; k.kept[key].uses == 0 {
				delete(k.kept, key)
			}
		}
	}
	k.forget(route) // what was kept for the run before
	k.mu.Lock()
	defer k.mu.Unlock()
	k.routes[route] = letGo
	return letGo
}

// forget lets go of what is kept for a route beside its runs.
func (k *keptSecrets) forget(route memory.Object) {
	k.mu.Lock()
	letGo := k.routes[route]
	delete(k.routes, route)
	k.mu.Unlock()
	if letGo != nil {
		letGo()
	}
}

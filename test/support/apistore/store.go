// Package apistore is an API server that keeps its objects in memory: the handlers,
// schemas and rules are those of the real one, only etcd and the sockets are left out. A
// manager runs on it unchanged, inside a testing/synctest bubble, with faults on purpose.
// test/api holds the same conversations with it and with the real one.
//
// It lacks authentication, authorization, the validation of built-in kinds, pages of lists
// and every kind that neither a CRD nor builtIns names. core/v1 and events.k8s.io/v1 do not show each
// other's events.
//
// Two things of client-go and controller-runtime outlive a bubble. Controller names are unique in a
// process, so managers need SkipNameValidation. The pause after errors counts from the last
// error of the process, so this package takes it out.
package apistore

import (
	"context"
	"net/http"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/uuid"
	"k8s.io/client-go/rest"
)

// remembered is how many changes a store keeps for watches and for reads that lag.
const remembered = 1000

// Store is an API server. Its namespaces are default and those that are created.
type Store struct {
	kinds     *Kinds
	handler   http.Handler
	revisions *revisions
	streams   streams
	faults    Faults
	stop      context.CancelFunc
}

// NewStore makes an empty store. In a bubble it belongs to the bubble, which ends after Close.
func (k *Kinds) NewStore(faults Faults) (*Store, error) {
	s := &Store{kinds: k, revisions: newRevisions(remembered), faults: faults}
	var err error
	if s.handler, err = k.handler(s.revisions); err != nil {
		return nil, err
	}
	for _, name := range []string{"default", "kube-system"} {
		s.revisions.swap(keyOf(corev1.Resource("namespaces"), "", name), nil, &record{object: namespace(name)})
	}
	var ctx context.Context
	ctx, s.stop = context.WithCancel(context.Background())
	go collector{s, &caller{store: s, name: collectorName}}.run(ctx)
	return s, nil
}

// Close ends every watch.
func (s *Store) Close() {
	s.stop()
	s.streams.cut(func(string) bool { return true })
}

// Config is for a client of the store. Faults know it by its name, such as that of a replica.
// Every request is served in the goroutine that makes it; watches have one of their own.
func (s *Store) Config(name string) *rest.Config {
	return &rest.Config{Host: "http://apistore", Transport: &caller{store: s, name: name}, QPS: -1}
}

func namespace(name string) *corev1.Namespace {
	n := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, UID: uuid.NewUUID(), CreationTimestamp: metav1.Now()}}
	complete(n)
	strategy{}.PrepareForCreate(context.Background(), n)
	return n
}
